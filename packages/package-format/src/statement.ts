/** The in-toto Statement v1 that manifest.dsse.json signs: which manifest, of whom, for which window and checkpoint. */
import { canonicalJson, digestOf, err, hexOf, ok } from "@countersign/kernel";
import type { Digest, Instant, Result } from "@countersign/kernel";
import type { WindowBody } from "@countersign/records";
import { formatEnvelope, IN_TOTO_TYPE, signEnvelope } from "./dsse.ts";
import { MANIFEST_PATH } from "./layout.ts";
import * as shape from "./shape.ts";

export const PREDICATE_TYPE = "urn:countersign:package:1";
const STATEMENT_TYPE = "https://in-toto.io/Statement/v1";

export type PackagePredicate = {
  readonly organization: shape.OrganizationName;
  readonly sampleData: boolean;
  readonly window: WindowBody;
  /** The root as the checkpoint's note spells it: base64. */
  readonly checkpoint: { readonly origin: string; readonly size: number; readonly root: string };
  /** The log's verifier key, `<name>+<id>+<key>`. */
  readonly logKey: string;
  readonly createdAt: Instant;
  /** Program and version that wrote the package. */
  readonly generator: string;
  /** Record id of the `assessment.run` that it shows. */
  readonly run: string;
};

export type PackageStatement = { readonly manifest: Digest; readonly predicate: PackagePredicate };

const predicateShape: shape.Shape<PackagePredicate> = shape.object({
  organization: shape.organizationShape,
  sampleData: shape.boolean,
  window: shape.windowShape,
  checkpoint: shape.object({ origin: shape.name, size: shape.count, root: shape.name }),
  logKey: shape.name,
  createdAt: shape.instant,
  generator: shape.name,
  run: shape.name,
});

const statementShape = shape.object({
  _type: shape.literal(STATEMENT_TYPE),
  predicate: predicateShape,
  predicateType: shape.literal(PREDICATE_TYPE),
  subject: shape.list(
    shape.object({ digest: shape.object({ sha256: shape.hash }), name: shape.literal(MANIFEST_PATH) }),
  ),
});

/** The payload: canonical JSON. */
export function formatStatement(manifestText: string, predicate: PackagePredicate): string {
  return canonicalJson({
    _type: STATEMENT_TYPE,
    predicate,
    predicateType: PREDICATE_TYPE,
    subject: [{ digest: { sha256: hexOf(digestOf(manifestText)) }, name: MANIFEST_PATH }],
  });
}

export function parseStatement(bytes: Uint8Array | string): Result<PackageStatement, string> {
  const read = shape.readDocument(bytes, statementShape);
  if (!read.ok) return read;
  const [subject, ...more] = read.value.subject;
  if (subject === undefined || more.length > 0)
    return err("a package's statement has one subject, its manifest");
  return ok({ manifest: `sha256:${subject.digest.sha256}` as Digest, predicate: read.value.predicate });
}

/** The text of manifest.dsse.json. ECDSA draws a random number for each signature: two calls differ, both hold. */
export function signManifest(
  manifestText: string,
  predicate: PackagePredicate,
  attestationKeyPem: string,
): string {
  const payload = Buffer.from(formatStatement(manifestText, predicate));
  return formatEnvelope(signEnvelope(payload, IN_TOTO_TYPE, attestationKeyPem));
}
