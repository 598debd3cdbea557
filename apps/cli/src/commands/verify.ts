/** `verify`: one word for a package, an exported log and one record's proof. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { ProblemError } from "@countersign/kernel";
import {
  sinceFiles,
  verifyPackage,
  type LogTrust,
  type PackageVerdict,
  type SinceCheckpoint,
} from "@countersign/application";
import {
  CHECKPOINT_PATH,
  ENVELOPE_PATH,
  MANIFEST_PATH,
  PACKAGE_INDEX_PATH,
} from "@countersign/package-format";
import { withPackageFile } from "../package-file.ts";
import { requirePackageZip } from "./package.ts";
import type { Shell } from "./shared.ts";
import { beginsAsProof, verifyLogFolder, verifyProofFile } from "./verify-log.ts";

export type VerifyOptions = {
  readonly since?: readonly string[];
  readonly tsaRoot?: readonly string[];
  readonly policy?: string;
  readonly key?: string;
  /** Of a proof. */
  readonly record?: string;
  readonly json?: boolean;
};

/** A package, an exported log or one record's proof: whichever the path names. */
export function verify(shell: Shell, path: string, options: VerifyOptions): void {
  const kind = kindOf(path);
  if (options.record !== undefined && kind !== "proof")
    throw new ProblemError({
      code: "verify-options",
      what: "--record is for the proof of one record, and this is none",
      where: path,
      next: "give the .tlog-proof file that countersign log proof wrote, or leave --record out",
    });
  if (kind === "log") verifyLogFolder(shell, path, trustOf(options), options.json === true);
  else if (kind === "proof")
    verifyProofFile(shell, path, options.record, trustOf(options), options.json === true);
  else verifyPackageFile(shell, path, options);
}

/** What is neither a folder nor begins as a proof does is for the package's own checks to refuse. */
function kindOf(path: string): "log" | "proof" | "package" {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isDirectory() === true) return "log";
  return stat?.isFile() === true && beginsAsProof(path) ? "proof" : "package";
}

/** What the reader got by another way, read; as every kind of verification takes it. */
function trustOf(options: VerifyOptions): LogTrust {
  return {
    since: (options.since ?? []).map(readSince),
    timeStampRoots: (options.tsaRoot ?? []).map((name) => ({
      name,
      pem: readBeside(name, "--tsa-root").toString(),
    })),
    ...(options.policy === undefined
      ? {}
      : { policy: { name: options.policy, text: readBeside(options.policy, "--policy") } }),
    ...(options.key === undefined ? {} : { logKey: options.key }),
  };
}

function readBeside(file: string, option: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new ProblemError(
      {
        code: option === "--since" ? "since-unreadable" : "trust-unreadable",
        what: option === "--since" ? "the checkpoint cannot be read" : `what ${option} names cannot be read`,
        where: file,
        next:
          option === "--since"
            ? "--since FILE, a checkpoint that somebody outside kept"
            : `${option} FILE, got by another way than the package`,
      },
      { cause: error },
    );
  }
}

/** A checkpoint, or the stamp of one: whichever is named, the other is looked for beside it. */
function readSince(file: string): SinceCheckpoint {
  const { note, stamp } = sinceFiles(file);
  const stamped = stamp !== undefined && (stamp === file || existsSync(stamp));
  return {
    name: file,
    note: readBeside(note, "--since").toString("utf8"),
    ...(stamped ? { stamp: readBeside(stamp, "--since") } : {}),
  };
}

function verifyPackageFile(shell: Shell, path: string, options: VerifyOptions): void {
  const verdict = withPackageFile(path, (source) => {
    requirePackageZip(source, path);
    return verifyPackage(source, {
      ...trustOf(options),
      progress: (done, of) =>
        shell.output.progress(`verified ${Math.round((done / Math.max(1, of)) * 100)} %`),
    });
  });
  requireOurs(verdict, path);
  if (options.json === true) shell.output.json(verdict);
  else {
    const { facts } = verdict;
    const { print } = shell.output;
    print(verdict.intact ? `INTACT  ${path}` : `NOT INTACT  ${path}: ${verdict.faults.length} faults`);
    if (facts.sampleData === true) print("SAMPLE DATA: an invented company");
    for (const fault of verdict.faults.slice(0, 50))
      print(`  ${fault.where}: ${fault.message} (${fault.code})`);
    if (verdict.faults.length > 50) print(`  and ${verdict.faults.length - 50} more: --json lists all`);
    if (facts.logKey !== undefined) print(`key     ${facts.logKey.fingerprint.short}`);
    for (const [position, { fingerprint, endedAt, revokedFrom }] of facts.logKeys.slice(0, -1).entries())
      print(
        `before  ${fingerprint?.short ?? "unreadable"}, key ${position + 1} of the log${revokedFrom === undefined ? "" : `, revoked from size ${revokedFrom} on`}${endedAt === undefined ? ", still signing beside it" : ""}`,
      );
    if (facts.checkpoint !== undefined)
      print(`log     ${facts.checkpoint.size} records, root ${facts.checkpoint.root}`);
    for (const words of verdict.intact ? verdict.shows : []) print(`shows   ${words}`);
    for (const words of verdict.doesNotShow) print(`does not show   ${words}`);
  }
  if (!verdict.intact) process.exitCode = 1;
}

/** A zip without any file of a package is somebody else's: a list of what it lacks would only puzzle. */
function requireOurs({ facts, faults }: PackageVerdict, path: string): void {
  const lacks = new Set(faults.filter(({ code }) => code === "file-missing").map(({ where }) => where));
  if (facts.records > 0 || !OURS.every((file) => lacks.has(file))) return;
  throw new ProblemError({
    code: "not-a-package",
    what: "this is not a package that countersign made",
    where: path,
    why: `it is a zip file, and holds none of ${OURS.join(", ")}`,
    next: "give the path of the .zip that countersign package create printed",
  });
}

const OURS = [MANIFEST_PATH, ENVELOPE_PATH, CHECKPOINT_PATH, PACKAGE_INDEX_PATH];
