/** Signed files as evidence: verified first, recorded only if they hold, and the signer under an opaque id. */
import { digestOf, ProblemError } from "@countersign/kernel";
import {
  readPublicKey,
  readTrustedRoot,
  verifyBundle,
  type Artifact,
  type Given,
  type Outcome,
  type Policy,
  type Predicate,
  type RefusedReason,
  type Signer,
  type Statement,
  type UnknownReason,
  type Verified,
} from "@countersign/readers";
import type {
  PredicateBody,
  SignedBundleBody,
  SignerBody,
  StatementBody,
  SubjectBody,
} from "@countersign/records";
import type { Digest } from "@countersign/kernel";
import type { Person } from "@countersign/program";
import type { Context } from "./context.ts";
import { Directory, loadDirectoryKey } from "./directory.ts";
import type { DirectoryEntry } from "./ports/index.ts";

export type EvidenceFile = { readonly name: string; readonly mediaType: string; readonly bytes: Uint8Array };

export type SignedFiles = {
  readonly bundle: EvidenceFile;
  /** Whom to trust; kept beside the bundle, so that anybody can verify it again. */
  readonly trustedRoot?: EvidenceFile;
  /** The signer's public key as PEM, where a key signed it and no certificate. */
  readonly publicKey?: EvidenceFile;
  readonly artifact?: Artifact;
  readonly policy: Policy;
};

/** Subjects that a record shows; the bundle holds all of them. A record has an end, and a statement may have thousands. */
const SUBJECTS_SHOWN = 20;
const SUBJECT_BYTES_MAX = 16_384;

/** Files of which `checkSigned` said that they hold. */
export class CheckedFiles {
  readonly files: SignedFiles;
  readonly verified: Verified;
  // Only made below: nothing that was not verified is recorded as signed.
  private constructor(files: SignedFiles, verified: Verified) {
    this.files = files;
    this.verified = verified;
  }

  static of(ctx: Pick<Context, "clock">, files: SignedFiles): CheckedFiles {
    const outcome = verifyBundle(givenOf(ctx, files));
    if (outcome.state === "verified") return new CheckedFiles(files, outcome);
    throw new ProblemError(problemOf(files.bundle.name, outcome));
  }
}

/** @throws ProblemError when the bundle is refused, or when what was given does not suffice to tell. */
export function checkSigned(ctx: Pick<Context, "clock">, files: SignedFiles): CheckedFiles {
  return CheckedFiles.of(ctx, files);
}

function givenOf(ctx: Pick<Context, "clock">, files: SignedFiles): Given {
  const root = files.trustedRoot === undefined ? undefined : readTrustedRoot(files.trustedRoot.bytes);
  if (root !== undefined && !root.ok)
    throw new ProblemError({
      code: "bad-trusted-root",
      what: "the trusted root cannot be read",
      where: `${files.trustedRoot?.name ?? ""}, ${root.error.at}`,
      why: root.error.why,
      next: "give a trusted_root.json of Sigstore; of a file with several lines, the one line that is meant",
    });
  const key =
    files.publicKey === undefined ? undefined : readPublicKey(Buffer.from(files.publicKey.bytes).toString());
  if (key !== undefined && !key.ok)
    throw new ProblemError({
      code: "bad-public-key",
      what: "the signer's key cannot be read",
      where: files.publicKey?.name ?? "",
      why: key.error.why,
      next: "give the public key as PEM: openssl pkey -in KEY -pubout",
    });
  return {
    bundle: files.bundle.bytes,
    ...(root === undefined ? {} : { root: root.value }),
    ...(key === undefined ? {} : { key: key.value }),
    policy: files.policy,
    ...(files.artifact === undefined ? {} : { artifact: files.artifact }),
    now: ctx.clock.now(),
  };
}

const asPlainFile =
  "without --bundle the file is recorded as any other, and nothing is said of its signature";

const nextOfRefusal: { readonly [reason in RefusedReason]: string } = {
  form: "ask for the bundle again, as the tool that signed it wrote it",
  certificate: "give the trusted root of the instance that issued the certificate",
  key: "give the public key of whoever signed it",
  log: "give the trusted root of the instance that it was logged in; a bundle that was altered cannot be mended",
  time: "give the trusted root of the instance that stamped it; check this machine's clock",
  signature: "give the key, and the artifact, that belong to the bundle",
  signer: "ask who signed it and why, before you demand anybody else",
  statement: "ask for a bundle whose statement says what it says once",
  artifact: "give the file that was signed, or find the bundle that belongs to this one",
};

const nextOfUnknown: { readonly [reason in UnknownReason]: string } = {
  "root-lacks": `give a trusted root that names it; ${asPlainFile}`,
  "no-root": "--trusted-root FILE: Sigstore publishes its own as trusted_root.json",
  "no-key": "--public-key FILE, with the key of whoever signed it",
  "no-artifact": "--artifact FILE, of at most 1 GiB",
  algorithm: asPlainFile,
  "payload-type": asPlainFile,
};

function problemOf(where: string, outcome: Exclude<Outcome, Verified>) {
  return {
    code: `bundle-${outcome.state}-${outcome.reason}`,
    what:
      outcome.state === "refused"
        ? "the signed bundle does not hold, and nothing was recorded"
        : "whether the signed bundle holds cannot be told, and nothing was recorded",
    where: `${where}, ${outcome.at}`,
    why: outcome.why,
    next: outcome.state === "refused" ? nextOfRefusal[outcome.reason] : nextOfUnknown[outcome.reason],
  };
}

export type DescribedSigned = {
  readonly body: SignedBundleBody;
  /** The signer's name, for the directory; empty for a service or a key. */
  readonly people: readonly DirectoryEntry[];
};

/** @param bundle the commitment under which the bundle was kept */
export async function describeSigned(
  ctx: Context,
  people: readonly Person[],
  { files, verified }: CheckedFiles,
  bundle: Digest,
): Promise<DescribedSigned> {
  const { signer, directory } = await describeSigner(ctx, people, verified.signer);
  const { demanded, signed, artifact } = verified;
  const { identity, issuer } = demanded;
  return {
    people: directory,
    body: {
      format: `sigstore-bundle-${verified.version}`,
      bundle,
      ...(files.trustedRoot === undefined ? {} : { trustedRoot: digestOf(files.trustedRoot.bytes) }),
      signer,
      demanded: {
        ...(identity === undefined ? {} : { identity: demandedOf(signer, identity) }),
        ...(issuer === undefined ? {} : { issuer }),
      },
      times: verified.times,
      entries: verified.entries,
      ...(signed.kind === "statement" ? { statement: describeStatement(signed.statement) } : {}),
      ...(artifact === undefined ? {} : { artifact }),
    },
  };
}

/** A person's address is demanded by address, and recorded as their id; a pattern may hold a part of one. */
function demandedOf(signer: SignerBody, identity: string): string {
  if (signer.kind !== "person") return identity;
  return identity.includes("*") ? "a pattern" : signer.person;
}

async function describeSigner(
  ctx: Context,
  people: readonly Person[],
  signer: Signer,
): Promise<{ readonly signer: SignerBody; readonly directory: readonly DirectoryEntry[] }> {
  if (signer.kind === "key")
    return { signer: { kind: "key", fingerprint: signer.fingerprint }, directory: [] };
  const { name, issuer } = signer;
  const by = issuer === undefined ? {} : { issuer };
  if (name.form === "uri" && !name.text.toLowerCase().startsWith("mailto:")) {
    const { sourceRepository, sourceRevision } = signer;
    return {
      signer: {
        kind: "service",
        identity: name.text,
        ...by,
        ...(sourceRepository === undefined ? {} : { sourceRepository }),
        ...(sourceRevision === undefined ? {} : { sourceRevision }),
      },
      directory: [],
    };
  }
  const directory = new Directory(await loadDirectoryKey(ctx), people);
  const address = name.text.replace(/^mailto:/i, "");
  const { id } = directory.resolve(
    name.form === "other"
      ? { login: { system: issuer ?? "certificate", login: address } }
      : { email: address },
  );
  return { signer: { kind: "person", person: id, ...by }, directory: directory.entries() };
}

function describeStatement({ predicateType, predicate, subjects }: Statement): StatementBody {
  const shown: SubjectBody[] = [];
  let bytes = 0;
  for (const { name, digests } of subjects.slice(0, SUBJECTS_SHOWN)) {
    bytes += Buffer.byteLength(JSON.stringify({ name, digests }));
    if (bytes > SUBJECT_BYTES_MAX) break;
    shown.push({ name, digests });
  }
  return {
    predicateType,
    predicate: describePredicate(predicate),
    subjectCount: subjects.length,
    subjects: shown,
  };
}

function describePredicate(predicate: Predicate): PredicateBody {
  return predicate.kind === "model-signature"
    ? { kind: predicate.kind, method: predicate.method, files: predicate.files.length }
    : predicate;
}
