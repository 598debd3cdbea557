export type { SampleActs } from "./acts.ts";
export { CHANGES_MIN, type ChangeStory } from "./change-stories.ts";
export { SAMPLE_MARK, type SamplePerson } from "./company.ts";
export {
  factsWithIds,
  type PlannedOccurrence,
  type SampleEvidence,
  type SamplePerformance,
} from "./evidence.ts";
export type { ExpectedState } from "./expected-states.ts";
export { EVIDENCE_LIST, type SampleFile } from "./files.ts";
export { generateSample, type SampleCompany, type SampleOptions, type SampleRecords } from "./generate.ts";
export type { ExpectedActivity, ExpectedAttribute } from "./oracle.ts";
export { plantedFacts, type PlantedChange, type PlantedFacts } from "./planted.ts";
export type { SampleChange, SampleRepository } from "./repositories.ts";
export { generateChanges, type ScaleChange, type ScaleCounts } from "./scale.ts";
export { writeSample, type WritableSample } from "./write-sample.ts";
