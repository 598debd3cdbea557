export type { AnchorKind, AnchorResult } from "./anchor-check.ts";
export { sinceFiles } from "./brought-along.ts";
export type { SinceCheckpoint, SinceResult } from "./brought-along.ts";
export type { Fault, FaultCode } from "./faults.ts";
export type { PackageFacts, PackageVerdict } from "./verdict.ts";
export { verifyPackage, type VerifyOptions } from "./verify-package.ts";
export type { LogFault, LogTrust } from "./log-faults.ts";
export { verifyLog, type LogOptions, type LogVerdict } from "./verify-log.ts";
export { verifyRecord, type RecordVerdict } from "./verify-record.ts";
