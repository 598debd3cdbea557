/** What was planted in settings: for each watched one, the days on which it did not hold and those nobody can know of. */
import { addDays, type LocalDate } from "@countersign/kernel";
import { HOUR_MS, type Calendar } from "./calendar.ts";
import { outageOf, WATCHED, type WatchedSetting } from "./configuration.ts";

export type ExpectedState = {
  readonly control: string;
  readonly activity: string;
  readonly attribute: string;
  readonly setting: string;
  readonly resource: string;
  /** Days on which it is owed. */
  readonly owed: number;
  readonly deviated: readonly LocalDate[];
  /** Days that the last observation before a hole does not cover to their end. */
  readonly unknown: readonly LocalDate[];
};

/** Which activity of the catalog asks for a setting. */
const ASKED_BY: {
  readonly [setting: string]: readonly [control: string, activity: string, attribute: string];
} = {
  "single-sign-on": ["IAM-01", "sign-on", "sign-on-enforced"],
  "second-factor": ["IAM-01", "second-factor", "second-factor-enforced"],
  "encryption-at-rest": ["ENC-01", "at-rest", "encrypted-at-rest"],
  "encryption-in-transit": ["ENC-01", "in-transit", "encrypted-in-transit"],
  "backup-schedule": ["BCP-01", "scheduled", "runs-daily"],
  "central-logging": ["LOG-01", "sending", "sends"],
  "log-retention-days": ["LOG-01", "retention", "kept"],
  "endpoint-authentication": ["NET-01", "authentication", "authentication-required"],
  "rate-limit": ["NET-01", "rate-limit", "rate-limited"],
  "quality-monitoring": ["MDL-04", "monitoring", "monitored"],
  "vulnerability-scanning": ["VUL-01", "scanning", "scanned"],
};

/** The catalog lets an observation cover two days. */
const COVERS_MS = 48 * HOUR_MS;

export function expectStates(calendar: Calendar): ExpectedState[] {
  return WATCHED.filter((watched) => (watched.since ?? 1) <= calendar.length).map((watched) => {
    const [control, activity, attribute] = ASKED_BY[watched.setting] ?? ["", "", ""];
    const days = range(calendar, watched.since ?? 1, calendar.length);
    const unread = days.filter((date) => isUnread(calendar, watched, date));
    return {
      control,
      activity,
      attribute,
      setting: watched.setting,
      resource: watched.resource,
      owed: days.length,
      deviated: watched.lapse === undefined ? [] : range(calendar, ...watched.lapse),
      unknown: unread.filter((date) => !isCovered(calendar, watched, date)),
    };
  });
}

function range(calendar: Calendar, first: number, last: number): LocalDate[] {
  const days: LocalDate[] = [];
  for (let n = first; n <= Math.min(last, calendar.length); n++) days.push(calendar.day(n));
  return days;
}

function isUnread(calendar: Calendar, watched: WatchedSetting, date: LocalDate): boolean {
  const outage = outageOf(calendar);
  if (outage !== undefined && date >= outage.first && date <= outage.last) return true;
  return watched.unread !== undefined && range(calendar, ...watched.unread).includes(date);
}

/** Whether the last observation before an unread day still covers the whole of it: a day of 25 hours may end uncovered. */
function isCovered(calendar: Calendar, watched: WatchedSetting, date: LocalDate): boolean {
  let last = addDays(date, -1);
  while (isUnread(calendar, watched, last)) last = addDays(last, -1);
  return calendar.at(last, 0) + COVERS_MS >= calendar.at(addDays(date, 1), 0);
}
