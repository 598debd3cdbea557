export type * from "./ports/index.ts";
export type { Context, OutsideCheckpoint, OutsideCheckpoints } from "./context.ts";
export { accessReport, type AccessReport, type AccessRequest } from "./access/as-of.ts";
export { createAnchors, type AnchorRequest } from "./anchors/anchor.ts";
export { dueAnchors, periodAt, type DueAnchor } from "./anchors/due.ts";
export type { AnchorOutcome } from "./anchors/outcome.ts";
export { holderWords, protectionOf, type Protection } from "./anchors/protection.ts";
export { publish } from "./append.ts";
export { assess, keepResults, kindsUsed, type Assessed } from "./assess.ts";
export { checkBackup, type CheckedBackup } from "./backup/check.ts";
export { createBackup, type BackupRequest, type CreatedBackup } from "./backup/create.ts";
export { openBackup, type OpenBackup } from "./backup/open.ts";
export { restoreBackup, type Restored } from "./backup/restore.ts";
export { collect, findSource, type Collected } from "./collect.ts";
export {
  approveException,
  findDeviation,
  findRun,
  markNotApplicable,
  respond,
  withdraw,
  type LatestRun,
} from "./deviations.ts";
export { findDirectoryKey, loadDirectoryKey, personIdOf } from "./directory.ts";
export { drawSample, extendSample, type Drawn, type DrawRequest } from "./draw.ts";
export { addEvidence, findActivity, type EvidenceReceipt, type NewEvidence } from "./evidence.ts";
export { checkSigned, CheckedFiles, type EvidenceFile, type SignedFiles } from "./signed-evidence.ts";
export { eraseFile, eraseItem, erasePerson, type Erasure, type ErasureRequest } from "./erase.ts";
export { carryOutErasures, Erasures } from "./erasures.ts";
export { recordsRead, type CursorPlace, type FsckCursor } from "./fsck/cursor.ts";
export { fsck, type Fsck, type FsckOptions } from "./fsck/fsck.ts";
export type { FileDamage, Resting } from "./fsck/rests.ts";
export type { GivenCheckpoint } from "./log/checkpoint.ts";
export { exportLog, type ExportedLog } from "./log/export.ts";
export { proveRecord, type RecordProof } from "./log/proof.ts";
export { foldLog, loadState, LogState } from "./log-state.ts";
export { compareWithOutside, openOrganization } from "./organization.ts";
export { createPackage, packageName, type CreatedPackage } from "./package/create.ts";
export { forCustomer, withholdable, type Withholdable } from "./package/redaction.ts";
export { readItems } from "./package/item-views.ts";
export { populationOfActivity, verificationView } from "./package/view.ts";
export {
  findPopulation,
  joinedName,
  latest,
  populationsOf,
  useOf,
  type PopulationRow,
} from "./populations.ts";
export { readingOnly } from "./reading-only.ts";
export {
  readProgram,
  recordedProgram,
  recordProgram,
  type LoadedProgram,
  type ProgramBase,
  type RecordedProgram,
  type Recording,
} from "./program.ts";
export {
  changesOf,
  planProgram,
  programFilesOf,
  programHistory,
  recordingAt,
  type ProgramPlan,
  type ProgramRecording,
} from "./program-history.ts";
export { itemLinesOf, linesOf, occurrenceIn } from "./read-list.ts";
export { sampleResults, type SampledActivity, type SampleResults } from "./sample-results.ts";
export {
  differencesOf,
  freeze,
  preparePopulations,
  reconcile,
  resolveDifferences,
  type Reconciled,
} from "./reconcile.ts";
export { clockSteps, clockStepWords } from "./clock-steps.ts";
export { trustWords } from "./verification-words.ts";
export { openPackage, type OpenPackage } from "./read-package.ts";
export { reperform, type Reperformed } from "./reperform.ts";
export {
  sinceFiles,
  verifyLog,
  verifyPackage,
  verifyRecord,
  type LogFault,
  type LogTrust,
  type LogVerdict,
  type PackageVerdict,
  type RecordVerdict,
  type SinceCheckpoint,
} from "@countersign/verify";
export { keyChainOf, loadKeyChain, readKeyChain } from "./key-chain.ts";
export {
  retireKey,
  revokeKey,
  rotateKey,
  shownKeys,
  type KeyChange,
  type Revocation,
  type ShownKey,
} from "./keys.ts";
export { WorkspaceKeys } from "./workspace-keys.ts";
export {
  storesPastTerm,
  traceModel,
  type PastTerm,
  type Traced,
  type TracedVersion,
} from "./system/questions.ts";
export { carriedErased, carriedNow, type CarriedNow } from "./roll-forward/carried.ts";
export { planRollForward, recordRollForward, type RollForward } from "./roll-forward/roll-forward.ts";
export { rehearse, type Rehearsal, type RehearsedRead } from "./rehearsal/rehearse.ts";
export { readinessNow, type ReadinessNow } from "./system/readiness.ts";
export { policiesNow, type PoliciesNow } from "./system/policies.ts";
export { namesAgainstProgram, type NamesNow } from "./system/names.ts";
export { whatWasSent, type SentNow } from "./system/vendor-usage.ts";
export {
  changedItems,
  checkClose,
  closeMonth,
  detailsOf,
  unreadSources,
  type CloseDetails,
  type CloseFindings,
  type Closing,
  type EarlierChange,
} from "./routine/close.ts";
export { checkCloses, type ClosesChecked } from "./routine/check-closes.ts";
export {
  chooseMonth,
  monthStates,
  monthWords,
  type ChosenMonth,
  type CloseRequest,
  type CloseRow,
  type MonthState,
} from "./routine/closes.ts";
export { evidenceThrough, type EvidenceThrough } from "./routine/inventory.ts";
export { calendarNow } from "./routine/calendar.ts";
