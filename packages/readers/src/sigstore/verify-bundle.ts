/**
 * Verifies a Sigstore bundle against a trusted root or a key that the caller gives. Nothing is fetched. The signatures,
 * proofs and chains are the Sigstore project's library's to check; which of them are demanded, and what nothing signs,
 * is decided here (https://github.com/sigstore/architecture-docs/blob/main/client-spec.md).
 */
import {
  createHash,
  createPublicKey,
  X509Certificate as StrictCertificate,
  type KeyObject,
} from "node:crypto";
import type { Bundle } from "@sigstore/bundle";
import { RFC3161Timestamp, X509Certificate } from "@sigstore/core";
import type { TrustedRoot } from "@sigstore/protobuf-specs";
import { toSignedEntity, toTrustMaterial, Verifier } from "@sigstore/verify";
import { digestOf, err, formatInstant, ok, type EpochMs, type Result } from "@countersign/kernel";
import { readStatement, STATEMENT_PAYLOAD_TYPE } from "../in-toto/statement.ts";
import type { Fault } from "../json/shape.ts";
import { matchArtifact } from "./artifact.ts";
import { readSigner } from "./certificate.ts";
import { meetsPolicy } from "./policy.ts";
import {
  refused,
  unknown,
  type Artifact,
  type Entry,
  type Outcome,
  type Policy,
  type RefusedReason,
  type Signed,
  type SignedAt,
  type Signer,
} from "./outcome.ts";
import { readBundle, type ReadBundle } from "./read-bundle.ts";

export type Given = {
  readonly bundle: Uint8Array;
  readonly root?: TrustedRoot;
  /** The signer's public key, for a bundle that a key signed. */
  readonly key?: KeyObject;
  readonly policy: Policy;
  readonly artifact?: Artifact;
  /** Nothing was signed later than this. */
  readonly now: EpochMs;
};

const EMPTY_ROOT: TrustedRoot = {
  mediaType: "",
  tlogs: [],
  certificateAuthorities: [],
  ctlogs: [],
  timestampAuthorities: [],
};

/** Never throws for what a bundle says. */
export function verifyBundle(given: Given): Outcome {
  const read = readBundle(given.bundle);
  if (!read.ok) return refused("form", read.error.at, read.error.why);
  try {
    return verifyRead(read.value, given);
  } catch (error) {
    return refusalOf(error);
  }
}

function verifyRead({ version, bundle }: ReadBundle, given: Given): Outcome {
  const { content } = bundle.verificationMaterial;
  const lack = whatIsMissing(bundle, given);
  if (lack !== undefined) return lack;
  const { key, root = EMPTY_ROOT } = given;
  let signer: Signer;
  let signingKey: KeyObject;
  if (content.$case === "publicKey") {
    if (key === undefined) return unknown("no-key", "verificationMaterial.publicKey", "a key signed it");
    signingKey = key;
    signer = {
      kind: "key",
      fingerprint: digestOf(key.export({ type: "spki", format: "der" })),
      hint: content.publicKey.hint,
    };
  } else {
    const raw =
      content.$case === "certificate" ? [content.certificate] : content.x509CertificateChain.certificates;
    const at = `verificationMaterial.${content.$case}`;
    if (!raw.every(({ rawBytes }) => isStrictCertificate(Buffer.from(rawBytes))))
      return refused("certificate", at, "not a certificate as DER writes it");
    const [certificate, ...others] = raw.map(({ rawBytes }) => X509Certificate.parse(Buffer.from(rawBytes)));
    if (certificate === undefined) return refused("certificate", at, "there is none");
    // Nobody is to take trust from the bundle itself; the library reads the first certificate only.
    if (others.some((other) => other.issuer.equals(other.subject)))
      return refused("certificate", at, "a root certificate is among them");
    const found = readSigner(certificate);
    if (!found.ok) return refused("certificate", at, found.error);
    signer = found.value;
    signingKey = createPublicKey({ key: certificate.publicKey, format: "der", type: "spki" });
  }
  const odd = whyNotAlgorithm(signingKey);
  if (odd !== undefined) return unknown("algorithm", `verificationMaterial.${content.$case}`, odd);
  const message = bundle.content.$case === "messageSignature" ? given.artifact?.bytes?.() : undefined;
  verifySignatures(bundle, root, key, message);
  const times = timesOf(bundle);
  const late = times.find(({ epoch }) => epoch > given.now);
  if (late !== undefined)
    return refused("time", "verificationMaterial", `signed at ${late.at}, which has not come yet`);
  const unmet = meetsPolicy(given.policy, signer);
  if (unmet !== undefined) return refused("signer", "verificationMaterial", unmet);
  const signed = signedOf(bundle);
  if ("state" in signed) return signed;
  // Of bytes that were read a second time, what was verified counts.
  const artifact = message === undefined ? given.artifact : artifactOf(message);
  const match = artifact === undefined ? undefined : matchArtifact(signed, artifact);
  if (artifact !== undefined && match === undefined)
    return refused(
      "artifact",
      "dsseEnvelope.payload",
      "no subject of the statement, and no file that it lists, has the digest of the artifact",
    );
  return {
    state: "verified",
    version,
    signer,
    demanded: given.policy,
    times: times.map(({ at, by }) => ({ at, by })),
    entries: entriesOf(bundle),
    signed,
    ...(match === undefined ? {} : { artifact: match }),
  };
}

/** The library does not look at the outermost tag, nor for bytes after the end: nothing signs those. */
function isStrictCertificate(der: Buffer): boolean {
  try {
    return new StrictCertificate(der).raw.equals(der);
  } catch {
    return false;
  }
}

/** What the bundle relies on and the caller's trust does not speak of: nothing can be told then. */
function whatIsMissing(bundle: Bundle, { root, artifact }: Given): Outcome | undefined {
  const { content, tlogEntries, timestampVerificationData } = bundle.verificationMaterial;
  const stamps = timestampVerificationData?.rfc3161Timestamps ?? [];
  const byKey = content.$case === "publicKey";
  if (root === undefined && (!byKey || tlogEntries.length > 0 || stamps.length > 0))
    return unknown(
      "no-root",
      "verificationMaterial",
      "whom to trust is told by a trusted root, and none was given",
    );
  if (root !== undefined && !byKey && root.certificateAuthorities.length === 0)
    return unknown(
      "root-lacks",
      "certificateAuthorities",
      "the trusted root names no authority for certificates",
    );
  if (root !== undefined && tlogEntries.length > 0 && root.tlogs.length === 0)
    return unknown("root-lacks", "tlogs", "the trusted root names no transparency log");
  if (root !== undefined && stamps.length > 0 && root.timestampAuthorities.length === 0)
    return unknown("root-lacks", "timestampAuthorities", "the trusted root names no time stamping authority");
  if (bundle.content.$case === "messageSignature" && artifact?.bytes === undefined)
    return unknown(
      "no-artifact",
      "messageSignature",
      "what was signed are the artifact's own bytes, and they were not given",
    );
  return undefined;
}

/** The library signs with SHA-256 whatever the key; with other keys a good signature would look bad. */
function whyNotAlgorithm(key: KeyObject): string | undefined {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type === "ec" && details?.namedCurve !== "prime256v1")
    return `a key on ${details?.namedCurve ?? "an unnamed curve"}; P-256, Ed25519 and RSA are read`;
  return type === "ec" || type === "ed25519" || type === "rsa"
    ? undefined
    : `a key of type ${type ?? "unknown"}; P-256, Ed25519 and RSA are read`;
}

/** @throws the library's errors. What the trusted root names is demanded of the bundle. */
function verifySignatures(
  bundle: Bundle,
  root: TrustedRoot,
  key: KeyObject | undefined,
  message: Uint8Array | undefined,
): void {
  const trust = toTrustMaterial(root, () => {
    if (key === undefined) throw new TypeError("no key was given");
    return { publicKey: key, validFor: () => true };
  });
  const byKey = bundle.verificationMaterial.content.$case === "publicKey";
  const verifier = new Verifier(trust, {
    tlogThreshold: root.tlogs.length > 0 ? 1 : 0,
    ctlogThreshold: root.ctlogs.length > 0 ? 1 : 0,
    // A certificate lives for minutes: without a time nobody can tell whether it lived.
    timestampThreshold: byKey ? 0 : 1,
  });
  verifier.verify(toSignedEntity(bundle, message === undefined ? undefined : Buffer.from(message)));
}

/** Only times that were verified: an entry's own counts where the log promised it, by its signature. */
function timesOf(bundle: Bundle): readonly (SignedAt & { readonly epoch: EpochMs })[] {
  const { tlogEntries, timestampVerificationData } = bundle.verificationMaterial;
  const logged = tlogEntries
    .filter((entry) => entry.inclusionPromise !== undefined && entry.integratedTime !== "0")
    .map((entry) => ({ epoch: Number(entry.integratedTime) * 1000, by: "log" as const }));
  const stamped = (timestampVerificationData?.rfc3161Timestamps ?? []).map((stamp) => ({
    epoch: RFC3161Timestamp.parse(Buffer.from(stamp.signedTimestamp)).signingTime.getTime(),
    by: "authority" as const,
  }));
  return [...logged, ...stamped]
    .sort((a, b) => a.epoch - b.epoch)
    .map(({ epoch, by }) => ({ epoch, by, at: formatInstant(epoch) }));
}

function entriesOf(bundle: Bundle): Entry[] {
  return bundle.verificationMaterial.tlogEntries.map((entry) => ({
    log: Buffer.from(entry.logId?.keyId ?? []).toString("hex"),
    index: entry.inclusionPromise === undefined ? (entry.inclusionProof?.logIndex ?? "0") : entry.logIndex,
  }));
}

function signedOf(bundle: Bundle): Signed | Outcome {
  if (bundle.content.$case === "messageSignature") return { kind: "artifact" };
  const { payload, payloadType } = bundle.content.dsseEnvelope;
  if (payloadType !== STATEMENT_PAYLOAD_TYPE)
    return unknown("payload-type", "dsseEnvelope.payloadType", `${payloadType} is no in-toto statement`);
  const statement = readStatement(payload);
  return statement.ok
    ? { kind: "statement", statement: statement.value }
    : refused("statement", statement.error.at, statement.error.why);
}

/** What the library's codes speak of. */
const reasons: { readonly [code: string]: RefusedReason } = {
  CERTIFICATE_ERROR: "certificate",
  PUBLIC_KEY_ERROR: "key",
  TIMESTAMP_ERROR: "time",
  SIGNATURE_ERROR: "signature",
  TLOG_BODY_ERROR: "log",
  TLOG_ERROR: "log",
  TLOG_INCLUSION_PROMISE_ERROR: "log",
  TLOG_INCLUSION_PROOF_ERROR: "log",
  TLOG_MISSING_INCLUSION_ERROR: "log",
};

const places: { readonly [reason in RefusedReason]?: string } = {
  certificate: "verificationMaterial.certificate",
  key: "verificationMaterial.publicKey",
  time: "verificationMaterial",
  log: "verificationMaterial.tlogEntries",
  signature: "the signature",
};

function refusalOf(error: unknown): Outcome {
  const { code, message } = error as { code?: string; message?: string };
  // Anything else is bytes that do not parse: ASN.1, keys, the body of a log's entry.
  const reason = reasons[code ?? ""] ?? "form";
  const cause = (error as { cause?: { message?: string } }).cause?.message;
  const why = `${message ?? "unreadable"}${cause === undefined ? "" : `: ${cause}`}`.slice(0, 300);
  return refused(reason, places[reason] ?? "bundle", why);
}

/** @param pem SubjectPublicKeyInfo, as `openssl pkey -pubout` writes it. */
export function readPublicKey(pem: string): Result<KeyObject, Fault> {
  const at = "public key";
  if (!/^\s*-----BEGIN PUBLIC KEY-----/.test(pem)) return err({ at, why: "not a public key as PEM" });
  try {
    return ok(createPublicKey(pem));
  } catch {
    return err({ at, why: "a public key as PEM that cannot be read" });
  }
}

/** @returns digests of bytes that are at hand; of a large file they are better taken as it is read. */
export function artifactOf(bytes: Uint8Array): Artifact {
  const hex = (algorithm: string) => createHash(algorithm).update(bytes).digest("hex");
  return { digests: { sha256: hex("sha256"), sha512: hex("sha512") }, bytes: () => bytes };
}
