/** Change items by the million, for benchmarks: no history behind them, only facts, in the order of their ids. */
import { SeededRandom } from "./random.ts";

/** A change item with every fact that a change control asks for. */
export type ScaleChange = {
  readonly id: string;
  readonly repository: string;
  readonly branch: string;
  readonly revision: string;
  readonly title: string;
  readonly author: string;
  readonly authorIsBot: boolean;
  readonly mergedBy: string;
  readonly mergedAt: string;
  readonly headRevision: string;
  readonly lastPushedAt: string;
  readonly pullRequest: string;
  readonly direct: boolean;
  readonly approvals: readonly {
    readonly person: string;
    readonly bot: boolean;
    readonly via: string;
    readonly at: string;
    readonly revision: string;
  }[];
  readonly checks: readonly { readonly name: string; readonly outcome: string; readonly at: string }[];
};

/** How many of the items deviate, by what was planted in them. */
export type ScaleCounts = {
  readonly selfApproved: number;
  readonly approvedLate: number;
  readonly approvedOtherRevision: number;
  readonly checkFailed: number;
  readonly direct: number;
};

/** One in so many changes is self-approved, approved late, not approved as merged, fails a check, or is direct. */
const DEVIATED_ONE_IN = 200;
const PEOPLE = 64;
const FIRST_DAY = Date.UTC(2025, 6, 1);
const DAYS = 365;
/** Ids share their first 12 digits' room evenly, so that they ascend; the rest is random. */
const PREFIX_ROOM = 2 ** 48;

/** Texts of all days and all seconds of a day, so that a time costs two look-ups and no formatting. */
function timeTexts(): (second: number) => string {
  const days: string[] = [];
  for (let day = 0; day <= DAYS; day++)
    days.push(new Date(FIRST_DAY + day * 86_400_000).toISOString().slice(0, 10));
  const seconds: string[] = [];
  for (let second = 0; second < 86_400; second++) {
    seconds.push(new Date(second * 1000).toISOString().slice(10, 19));
  }
  // Concatenation joins two texts that exist already.
  return (second) => `${days[Math.floor(second / 86_400)] ?? ""}${seconds[second % 86_400] ?? ""}Z`;
}

function hex8(value: number): string {
  return value.toString(16).padStart(8, "0");
}

/**
 * Yields `count` change items whose ids ascend bytewise. The same seed and count give the same items; times lie within
 * 2025-07-01 through 2026-06-30 UTC. About one in {@link DEVIATED_ONE_IN} deviates, in five ways by turns.
 * @returns how many of each were planted
 */
export function* generateChanges(seed: number, count: number): Generator<ScaleChange, ScaleCounts> {
  const random = new SeededRandom(seed);
  const at = timeTexts();
  const people = Array.from({ length: PEOPLE }, (_, index) => `person-${String(index).padStart(4, "0")}`);
  const step = PREFIX_ROOM / Math.max(count, 1);
  const planted = [0, 0, 0, 0, 0];
  let deviated = 0;
  for (let index = 0; index < count; index++) {
    const prefix = Math.floor(index * step + random.fraction() * Math.max(step - 1, 0));
    const revision =
      prefix.toString(16).padStart(12, "0") +
      hex8(random.next()) +
      hex8(random.next()) +
      hex8(random.next()) +
      "0000";
    const headRevision = hex8(random.next()) + revision.slice(8);
    const bits = random.next();
    const author = people[bits % PEOPLE] ?? "";
    const other = people[((bits % PEOPLE) + 1 + ((bits >>> 8) % (PEOPLE - 1))) % PEOPLE] ?? "";
    const merged = 86_400 + (random.next() % (86_400 * (DAYS - 1)));
    const fault = random.next() % DEVIATED_ONE_IN === 0 ? 1 + (deviated++ % 5) : 0;
    if (fault > 0) planted[fault - 1] = (planted[fault - 1] ?? 0) + 1;
    const approved = fault === 2 ? merged + 3600 : merged - 60 - (bits % 40_000);
    const direct = fault === 5;
    yield {
      id: revision,
      repository: "api",
      branch: "main",
      revision,
      title: `change ${index}`,
      author,
      authorIsBot: false,
      mergedBy: other,
      mergedAt: at(merged),
      headRevision,
      lastPushedAt: at(merged - 60 - 40_000 - (bits % 3600)),
      pullRequest: direct ? "" : String(index + 1),
      direct,
      approvals: direct
        ? []
        : [
            {
              person: fault === 1 ? author : other,
              bot: false,
              via: "review",
              at: at(approved),
              revision: fault === 3 ? revision : headRevision,
            },
          ],
      checks: [
        { name: "build", outcome: "passed", at: at(merged - 30) },
        { name: "unit tests", outcome: fault === 4 ? "failed" : "passed", at: at(merged - 20) },
      ],
    };
  }
  const [selfApproved = 0, approvedLate = 0, approvedOtherRevision = 0, checkFailed = 0, direct = 0] =
    planted;
  return { selfApproved, approvedLate, approvedOtherRevision, checkFailed, direct };
}
