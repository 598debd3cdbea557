export type * from "./model.ts";
export { categories, categoryOf, criterionIds } from "./criterion-ids.ts";
export {
  dueAt,
  lastDayOnTime,
  periodHolding,
  periodsEndingIn,
  type CalendarPeriod,
  type Rhythm,
} from "./periods.ts";
