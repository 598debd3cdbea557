/**
 * The stand-alone verifier's command line: reads the package and what the reader brings along, prints the verdict, and
 * writes nothing. Of this package, only this file and standalone/ touch the outside.
 */
import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync } from "node:fs";
import { parseArgs } from "node:util";
import type { RandomAccess } from "@countersign/package-format";
import { sinceFiles, type SinceCheckpoint } from "./brought-along.ts";
import type { PackageVerdict } from "./verdict.ts";
import { verifyPackage, type VerifyOptions } from "./verify-package.ts";

const USAGE = [
  "usage: countersign-verify PACKAGE.zip [--since FILE]... [--key KEY] [--attestation-key FINGERPRINT]",
  "       [--tsa-root FILE]... [--policy FILE] [--json]",
  "",
  "  --since FILE             an older checkpoint of the log that you kept; the package's log must continue it; a",
  "                           time stamp beside it (FILE without .checkpoint, with .tsr) is checked, too",
  "  --key KEY                the log's key or its fingerprint, as you got it by another way than the package",
  "  --attestation-key PRINT  the same for the key that signed the manifest",
  "  --tsa-root FILE          root certificates (PEM) of time stamping authorities that you trust",
  "  --policy FILE            the log and the witnesses that you trust (C2SP tlog-policy)",
  "  --json                   the whole verdict as JSON",
  "",
  "Exit 0: intact. Exit 1: not intact, or it could not be checked. It reads the named files only, and works offline.",
  "",
].join("\n");

type Arguments = {
  readonly path: string;
  readonly since: readonly string[];
  readonly key: string | undefined;
  readonly attestationKey: string | undefined;
  readonly timeStampRoots: readonly string[];
  readonly policy: string | undefined;
  readonly json: boolean;
};

function readArguments(args: readonly string[]): Arguments | undefined {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      since: { type: "string", multiple: true },
      key: { type: "string" },
      "attestation-key": { type: "string" },
      "tsa-root": { type: "string", multiple: true },
      policy: { type: "string" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const [path, ...more] = positionals;
  if (values.help || path === undefined || more.length > 0) return undefined;
  const { since = [], key, policy, json } = values;
  return {
    path,
    since,
    key,
    attestationKey: values["attestation-key"],
    timeStampRoots: values["tsa-root"] ?? [],
    policy,
    json,
  };
}

function openFile(path: string): { readonly source: RandomAccess; readonly close: () => void } {
  const file = openSync(path, "r");
  const read = (offset: number, length: number): Uint8Array => {
    const buffer = Buffer.allocUnsafe(length);
    let done = 0;
    while (done < length) {
      const count = readSync(file, buffer, done, length - done, offset + done);
      if (count === 0) throw new Error(`${path} became shorter while it was read`);
      done += count;
    }
    return buffer;
  };
  return { source: { size: fstatSync(file).size, read }, close: () => closeSync(file) };
}

/** A checkpoint, or the stamp of one: whichever is named, the other is looked for beside it. */
function readSince(path: string): SinceCheckpoint {
  const { note, stamp } = sinceFiles(path);
  const stamped = stamp !== undefined && (stamp === path || existsSync(stamp));
  return {
    name: path,
    note: readFileSync(note, "utf8"),
    ...(stamped ? { stamp: readFileSync(stamp) } : {}),
  };
}

function verify(args: Arguments): PackageVerdict {
  const options: VerifyOptions = {
    since: args.since.map(readSince),
    timeStampRoots: args.timeStampRoots.map((name) => ({ name, pem: readFileSync(name, "utf8") })),
    ...(args.policy === undefined ? {} : { policy: { name: args.policy, text: readFileSync(args.policy) } }),
    ...(args.key === undefined ? {} : { logKey: args.key }),
    ...(args.attestationKey === undefined ? {} : { attestationKey: args.attestationKey }),
  };
  const { source, close } = openFile(args.path);
  try {
    return verifyPackage(source, options);
  } finally {
    close();
  }
}

function inWords(path: string, verdict: PackageVerdict): string {
  const { facts } = verdict;
  const lines = [`${verdict.intact ? "intact" : "NOT INTACT"}  ${path}`];
  const fact = (name: string, value: string | undefined) => {
    if (value !== undefined) lines.push(`  ${name.padEnd(12)} ${value}`);
  };
  fact(
    "organization",
    facts.organization && `${facts.organization.name}${facts.sampleData === true ? " (sample data)" : ""}`,
  );
  fact(
    "window",
    facts.window && `${facts.window.from} through ${facts.window.through} (${facts.window.zone})`,
  );
  fact("made", facts.createdAt && `${facts.createdAt} by ${facts.generator}`);
  fact(
    "checkpoint",
    facts.checkpoint &&
      `${facts.checkpoint.origin}, ${facts.checkpoint.size} records, root ${facts.checkpoint.root}`,
  );
  fact("log key", facts.logKey?.fingerprint.short);
  fact("signed by", facts.attestationKey?.fingerprint.short);
  const list = (title: string, entries: readonly string[]) => {
    if (entries.length > 0) lines.push("", title, ...entries.map((entry) => `  - ${entry}`));
  };
  list(
    "faults",
    verdict.faults.map((fault) => `${fault.where}: ${fault.message} [${fault.code}]`),
  );
  list("this shows", verdict.shows);
  list("this does not show", verdict.doesNotShow);
  return `${lines.join("\n")}\n`;
}

/** @returns the exit code. */
export function main(): number {
  let args: Arguments | undefined;
  try {
    args = readArguments(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n`);
  }
  if (args === undefined) {
    process.stderr.write(USAGE);
    return 1;
  }
  try {
    const verdict = verify(args);
    process.stdout.write(args.json ? `${JSON.stringify(verdict, null, 2)}\n` : inWords(args.path, verdict));
    return verdict.intact ? 0 : 1;
  } catch (error) {
    process.stderr.write(`could not be checked: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}
