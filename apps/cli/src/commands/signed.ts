/** The options of `evidence add` for signed files, and what is printed of one. */
import { createHash } from "node:crypto";
import { closeSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { ProblemError } from "@countersign/kernel";
import type { EvidenceFile, SignedFiles } from "@countersign/application";
import type { SignedBundleBody } from "@countersign/records";

export type SignedOptions = {
  readonly bundle?: string;
  readonly trustedRoot?: string;
  readonly publicKey?: string;
  readonly artifact?: string;
  readonly identity?: string;
  readonly issuer?: string;
};

/** What is signed byte by byte is held in memory; a digest is taken of any size. */
const ARTIFACT_BYTES_MAX = 1024 ** 3;

/** @returns undefined without --bundle; then none of the other options may stand alone. */
export function readSignedFiles(
  options: SignedOptions,
  read: (path: string) => EvidenceFile,
): SignedFiles | undefined {
  const { bundle, trustedRoot, publicKey, artifact, identity, issuer } = options;
  if (bundle === undefined) {
    const alone = Object.entries({ trustedRoot, publicKey, artifact, identity, issuer }).find(
      ([, value]) => value !== undefined,
    );
    if (alone === undefined) return undefined;
    throw new ProblemError({
      code: "no-bundle",
      what: `--${alone[0].replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} says how a signed bundle is verified, and none was given`,
      next: "--bundle FILE, with the signed bundle (*.sigstore.json)",
    });
  }
  return {
    bundle: read(bundle),
    ...(trustedRoot === undefined ? {} : { trustedRoot: read(trustedRoot) }),
    ...(publicKey === undefined ? {} : { publicKey: read(publicKey) }),
    ...(artifact === undefined ? {} : { artifact: digestsOf(artifact) }),
    policy: {
      ...(identity === undefined ? {} : { identity }),
      ...(issuer === undefined ? {} : { issuer }),
    },
  };
}

/** A model may be larger than memory: it is read in pieces, and whole only where its bytes are what was signed. */
function digestsOf(path: string): NonNullable<SignedFiles["artifact"]> {
  const [sha256, sha512] = [createHash("sha256"), createHash("sha512")];
  try {
    const file = openSync(path, "r");
    try {
      const buffer = Buffer.alloc(4 * 1024 * 1024);
      for (let size = readSync(file, buffer); size > 0; size = readSync(file, buffer)) {
        sha256.update(buffer.subarray(0, size));
        sha512.update(buffer.subarray(0, size));
      }
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw new ProblemError(
      {
        code: "no-file",
        what: "the artifact cannot be read",
        where: path,
        next: "--artifact takes one file; nothing was recorded",
      },
      { cause: error },
    );
  }
  const fits = statSync(path).size <= ARTIFACT_BYTES_MAX;
  return {
    digests: { sha256: sha256.digest("hex"), sha512: sha512.digest("hex") },
    ...(fits ? { bytes: () => readFileSync(path) } : {}),
  };
}

/** What was verified, and what was not: a reader must not take a signature for somebody's in particular. */
export function signedLines(signed: SignedBundleBody, nameOf: (person: string) => string): string[] {
  const { signer, demanded, times, entries, statement, artifact } = signed;
  const lines = [`  signed by ${signerWords(signed, nameOf)}`];
  const met = [
    demanded.identity === undefined ? [] : ["identity"],
    demanded.issuer === undefined ? [] : ["issuer"],
  ];
  lines.push(
    met.flat().length > 0
      ? `  demanded and met: ${met.flat().join(" and ")}`
      : signer.kind === "key"
        ? "  demanded: this key"
        : "  nobody's identity was demanded: anybody whom the trusted root certifies could have signed this",
  );
  lines.push(
    times.length > 0
      ? `  signed by ${times.map(({ at, by }) => `${at} (${by === "log" ? "transparency log" : "time stamping authority"})`).join(", ")}`
      : "  nobody outside says when it was signed",
  );
  for (const { log, index } of entries) lines.push(`  entry ${index} of log ${log.slice(0, 16)}`);
  if (statement !== undefined) {
    const { predicate, subjects, subjectCount } = statement;
    lines.push(
      `  states ${statement.predicateType} of ${subjectCount} subject${subjectCount === 1 ? "" : "s"}`,
    );
    for (const { name, digests } of subjects)
      for (const [algorithm, hex] of Object.entries(digests)) lines.push(`    ${name}  ${algorithm}:${hex}`);
    if (predicate.kind === "slsa-provenance")
      lines.push(
        `    built by ${predicate.builder} from ${predicate.sourceRepository ?? "a source that it does not name"}`,
      );
    if (predicate.kind === "model-signature")
      lines.push(`    a model of ${predicate.files} ${predicate.method}`);
    if (predicate.kind === "unknown") lines.push(`    unknown predicate: ${predicate.why}`);
  }
  lines.push(
    artifact === undefined
      ? "  no artifact was compared"
      : `  the artifact is ${artifact.kind === "whole" ? "what was signed" : `its ${artifact.kind} ${artifact.name ?? ""}`}, ${artifact.algorithm}:${artifact.hex}`,
  );
  return lines;
}

function signerWords({ signer }: SignedBundleBody, nameOf: (person: string) => string): string {
  if (signer.kind === "key") return `the key ${signer.fingerprint}`;
  const who = signer.kind === "person" ? nameOf(signer.person) : signer.identity;
  return `${who}, as ${signer.issuer ?? "nobody"} vouches`;
}
