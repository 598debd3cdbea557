export type * from "./model.ts";
export { occurrenceStates } from "./model.ts";
export {
  EVIDENCE_SOURCE,
  type AssessmentInput,
  type Assessor,
  type PerformanceFact,
  type Recorded,
  type SourceGap,
} from "./input.ts";
export { createAssessor } from "./assessor.ts";
export { deviationId } from "./deviations.ts";
export { matchPerformances, type Performed, type Term } from "./matching.ts";
export { UNKNOWN_DETAILS_MAX } from "./tally.ts";
export { resultLine } from "./result-line.ts";
export { censusDraw, draw, enteredDraw, extendDraw, ticketOf, type Ticket } from "./draws.ts";
export { DRAW_DOMAIN, seedOf, seedText, type SeedParts } from "./seed.ts";
export {
  probabilityAtMost,
  sampleSize,
  upperDeviationLimit,
  type SampleSize,
  type SampleSizeQuestion,
} from "./hypergeometric.ts";
export { sizeFromTable } from "./size-tables.ts";
export {
  completenessOf,
  createReconciler,
  type Ambiguity,
  type Difference,
  type Reconciler,
  type Reconciliation,
} from "./reconcile.ts";
export { createJoin, type Join, type JoinCounts, type JoinedLine, type JoinedRead } from "./join.ts";
export { byControlVersion, byField, drawStrata, type StratumDraw, type StratumOf } from "./strata.ts";
export { retained, type Retained, type RetentionState, type StoreLook } from "./retention.ts";
export { policiesOnDay } from "./policies/acknowledgements.ts";
export type {
  Acknowledgements,
  Duty,
  NotAcknowledged,
  PoliciesOnDay,
  PolicyOnDay,
  PolicyQuestion,
  PolicyVersion,
  UnknownAcknowledgement,
  Worker,
} from "./policies/acknowledgements.ts";
export type { ProgramGap } from "./program-gaps/model.ts";
export { programGaps } from "./program-gaps/find.ts";
export { pitfallsOf, type Pitfall } from "./program-gaps/pitfalls.ts";
export {
  allGaps,
  nameGaps,
  reconcileNames,
  type NamedOutside,
  type NameReconciliation,
} from "./program-gaps/named-outside.ts";
export { pinningOf, type Pinning } from "./program-gaps/pinning.ts";
export { forgettingOf, readiness, type ReadinessInput } from "./readiness/readiness.ts";
export type * from "./readiness/model.ts";
export { datedPlan, type PlanEntry, type PlanInput } from "./readiness/plan.ts";
export {
  carriedFrom,
  nextRetest,
  retestOf,
  seenOf,
  type CarriedDeviation,
  type NextRetest,
  type Retest,
  type Seen,
} from "./roll-forward/carried.ts";
export { nextWindow, whyNotNext } from "./roll-forward/next-window.ts";
export type * from "./rehearsal/model.ts";
export { rehearsalVerdicts, type RehearsalInput } from "./rehearsal/verdict.ts";
export { REHEARSAL_MONTHS, rehearsalWindow } from "./rehearsal/window.ts";
export type * from "./access/model.ts";
export { accessAsOf, SESSION_HOURS_MAX } from "./access/as-of.ts";
export { accessWords, type AccessNames, type AccessWords } from "./access/words.ts";
export {
  sentAgainstContract,
  type Sent,
  type SentUsage,
  type SentVerdict,
  type UnknownSent,
} from "./vendor-usage.ts";
export {
  createMonthTally,
  decide,
  speaksOf,
  type DecidedUnknown,
  type Decision,
  type Explanation,
  type MonthTally,
  type UnknownGroup,
  type Untimely,
} from "./routine/close.ts";
export { itemChanges, itemPlacer, type ItemChange } from "./routine/item-changes.ts";
export { endOfMonth, monthPlacer, monthsOf, type Month } from "./routine/months.ts";
export {
  inventoryOf,
  type Inventory,
  type InventoryInput,
  type InventoryRow,
  type InventorySource,
  type Through,
} from "./routine/inventory.ts";
export { calendarOf, type Calendar, type CalendarEntry, type CalendarInput } from "./routine/calendar.ts";
export { icsOf, nobody, type IcsOptions } from "./routine/ics.ts";
