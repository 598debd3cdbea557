export type * from "./model.ts";
export type { Anchors, LetterTarget, Recipient, StampTarget, WitnessTarget } from "./anchors.ts";
export { checkExpression, kindOf, type CheckExpression, type ExpressionProblem } from "./activities.ts";
export {
  catalogLock,
  digestOfCatalog,
  nameOfCatalog,
  type Catalog,
  type CatalogControl,
  type SampleSizeTable,
} from "./catalog.ts";
export { UPDATE_LOCK_COMMAND } from "./catalog-lock.ts";
export { categories, categoryOf, criterionIds } from "./criterion-ids.ts";
export { parseCatalog } from "./parse-catalog.ts";
export { parseProgram, type ParsedProgram, type ParseProgramOptions } from "./parse-program.ts";
export {
  dueAt,
  lastDayOnTime,
  periodHolding,
  periodsEndingIn,
  type CalendarPeriod,
  type Rhythm,
} from "./periods.ts";
export { planOf } from "./population-plan.ts";
export {
  initialProgram,
  organizationNamed,
  schemaFiles,
  type InitialProgramOptions,
} from "./initial-program.ts";
export { programLock, PROGRAM_LOCK } from "./program-lock.ts";
export { publishedSchemas, type Schema } from "./schemas.ts";
export type { DeclaredGap } from "./sources.ts";
export { windowWarnings } from "./window-warnings.ts";
export type { TextFile } from "./yaml-file.ts";
export { allOn, datedOf, isOn, on, type Dated, type InForce } from "./system/dated.ts";
export type * from "./system/model.ts";
export { noSystem } from "./system/read-system.ts";
export { systemFiles } from "./system/schemas.ts";
export {
  customerUse,
  lineageOf,
  type Ancestor,
  type CustomerUse,
  type Lineage,
  type NotSaid,
  type TermsThen,
} from "./system/lineage.ts";
export {
  categoriesThatFollow,
  type CategoryReason,
  type CategoryThatFollows,
} from "./scoping/categories-that-follow.ts";
export { reportTimelines, type ReportTimeline, type WindowThatFits } from "./scoping/report-timeline.ts";
export {
  applyChanges,
  diffPrograms,
  reachOf,
  type Arrangement,
  type Change,
  type MemberChange,
  type ProgramDiff,
  type Reach,
} from "./history/diff.ts";
export {
  catalogUpgrade,
  isOfCatalogAlone,
  type CatalogUpgrade,
  type UpgradedControl,
} from "./history/catalog-upgrade.ts";
export { programOn, type ProgramOnDay } from "./history/on-day.ts";
export type { Part } from "./history/parts.ts";
export { countWords, daysWords, sizeWords, wordsOfChange, type ChangeWordsOptions } from "./history/words.ts";
export { PAGE_LINES, procedureOf, type Procedure, type ProcedureInput } from "./procedures/page.ts";
export {
  controlOfProcedure,
  procedurePath,
  stateOfProcedure,
  writtenProcedure,
  type ProcedureState,
} from "./procedures/file.ts";
export { programFromAnswers, type FirstProgram } from "./init/files.ts";
export {
  NOT_KNOWN,
  questions,
  readAnswers,
  type Answers,
  type Lines,
  type Question,
  type QuestionId,
} from "./init/questions.ts";
export {
  closeReviewText,
  readCloseReview,
  type CloseReview,
  type ReviewEntry,
} from "./routine/close-review.ts";
export { withWindow } from "./edit-window.ts";
