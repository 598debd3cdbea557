export type { AnchorKind, AnchorResult } from "./anchor-check.ts";
export { sinceFiles } from "./brought-along.ts";
export type { SinceCheckpoint, SinceResult } from "./brought-along.ts";
export type { Fault, FaultCode } from "./faults.ts";
export type { PackageFacts, PackageVerdict } from "./verdict.ts";
export { verifyPackage, type VerifyOptions } from "./verify-package.ts";
export { verifyProof, type ProvenRecord } from "./verify-proof.ts";
