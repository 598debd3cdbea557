/** Other tools' files become typed values here: Sigstore bundles and in-toto statements, and the calls of model gateways. */
export { artifactOf, readPublicKey, verifyBundle, type Given } from "./sigstore/verify-bundle.ts";
export { readTrustedRoot } from "./sigstore/read-trusted-root.ts";
export { BUNDLE_BYTES_MAX, type BundleVersion } from "./sigstore/read-bundle.ts";
export type {
  Artifact,
  Entry,
  Match,
  Outcome,
  Policy,
  RefusedReason,
  Signed,
  SignedAt,
  Signer,
  UnknownReason,
  Verified,
} from "./sigstore/outcome.ts";
export {
  MODEL_SIGNATURE_V1,
  SLSA_PROVENANCE_V1,
  type ModelFile,
  type Predicate,
} from "./in-toto/predicates.ts";
export { readStatement, type NamedDigest, type Statement } from "./in-toto/statement.ts";
export type { Fault } from "./json/shape.ts";
export { readLiteLlmUsage, type GatewayUsage, type ReadUsage } from "./litellm/read-usage.ts";
