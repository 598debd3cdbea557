/** What is counted while occurrences stream by. Bounded by weeks, attributes and distinct words, not by items. */
import { compareText } from "@countersign/kernel";
import type { Attribute } from "@countersign/program";
import { StateCounts } from "./counts.ts";
import type { AttributeResult, AttributeSummary, Occurrence, UnknownReason, WeekCounts } from "./model.ts";

/** Beyond so many distinct details of unknowns, an attribute counts further ones together and says so. */
export const UNKNOWN_DETAILS_MAX = 1_000;

const resultIndex = { operated: 0, deviated: 1, unknown: 2, "not-applicable": 3 } as const;

type UnknownRow = {
  readonly reason: UnknownReason;
  readonly detail: string;
  readonly suppliedBy: string | undefined;
  count: number;
  readonly instead: Map<string, { count: number; byActor: number }>;
};

class AttributeTally {
  readonly #attribute: Attribute;
  readonly #cells: Uint32Array;
  readonly #unknowns = new Map<string, UnknownRow>();
  readonly #causes = new Map<string, number>();
  /** The row of the last unknown, which is mostly the row of the next. */
  #lastResult: AttributeResult | undefined;
  #lastRow: UnknownRow | undefined;

  constructor(attribute: Attribute, weeks: number) {
    this.#attribute = attribute;
    this.#cells = new Uint32Array(weeks * 4);
  }

  add(result: AttributeResult, occurrence: Occurrence): void {
    this.addTo(occurrence.week, resultIndex[result.state], 1);
    if (result.state === "deviated") {
      this.#causes.set(result.cause, (this.#causes.get(result.cause) ?? 0) + 1);
    } else if (result.state === "unknown") {
      const row = this.#rowOf(result);
      row.count++;
      // A name that an item carries twice is one name that it carries.
      for (const name of new Set(result.instead?.map((each) => each.name))) {
        const seen = row.instead.get(name) ?? { count: 0, byActor: 0 };
        const byActor = result.instead?.some(
          (each) => each.name === name && each.by !== undefined && each.by === occurrence.person,
        );
        row.instead.set(name, { count: seen.count + 1, byActor: seen.byActor + (byActor === true ? 1 : 0) });
      }
    }
  }

  addTo(week: number, index: number, count: number): void {
    const cell = week * 4 + index;
    this.#cells[cell] = (this.#cells[cell] ?? 0) + count;
  }

  #rowOf(result: Extract<AttributeResult, { state: "unknown" }>): UnknownRow {
    if (result === this.#lastResult && this.#lastRow !== undefined) return this.#lastRow;
    const { reason, suppliedBy } = result;
    const known = this.#unknowns.get(unknownKey(reason, result.detail, suppliedBy));
    const isNew = known === undefined && this.#unknowns.size >= UNKNOWN_DETAILS_MAX;
    const row =
      known ??
      (isNew
        ? this.#open(
            reason,
            `other details: more than ${UNKNOWN_DETAILS_MAX} are not listed one by one`,
            undefined,
          )
        : this.#open(reason, result.detail, suppliedBy));
    this.#lastResult = result;
    this.#lastRow = row;
    return row;
  }

  #open(reason: UnknownReason, detail: string, suppliedBy: string | undefined): UnknownRow {
    const key = unknownKey(reason, detail, suppliedBy);
    const open = this.#unknowns.get(key);
    if (open !== undefined) return open;
    const row: UnknownRow = { reason, detail, suppliedBy, count: 0, instead: new Map() };
    this.#unknowns.set(key, row);
    return row;
  }

  summary(): AttributeSummary {
    const weeks: (readonly [number, number, number, number])[] = [];
    const total: [number, number, number, number] = [0, 0, 0, 0];
    for (let at = 0; at < this.#cells.length; at += 4) {
      const week = [0, 1, 2, 3].map((index) => this.#cells[at + index] ?? 0) as [
        number,
        number,
        number,
        number,
      ];
      for (let index = 0; index < 4; index++) total[index] = (total[index] ?? 0) + (week[index] ?? 0);
      weeks.push(week);
    }
    const { id, label, words, expression } = this.#attribute;
    const [operated, deviated, unknown, notApplicable] = total;
    return {
      id,
      label,
      words,
      expression,
      operated,
      deviated,
      unknown,
      notApplicable,
      weeks,
      unknowns: this.#unknownRows(),
      causes: [...this.#causes]
        .map(([cause, count]) => ({ cause, count }))
        .sort((a, b) => b.count - a.count || compareText(a.cause, b.cause)),
    };
  }

  #unknownRows(): AttributeSummary["unknowns"] {
    return [...this.#unknowns.values()]
      .sort((a, b) => b.count - a.count || compareText(a.reason, b.reason) || compareText(a.detail, b.detail))
      .map((row) => ({
        reason: row.reason,
        detail: row.detail,
        ...(row.suppliedBy !== undefined && { suppliedBy: row.suppliedBy }),
        count: row.count,
        instead: [...row.instead]
          .map(([name, seen]) => ({ name, ...seen }))
          .sort((a, b) => b.count - a.count || compareText(a.name, b.name)),
      }));
  }
}

function unknownKey(reason: UnknownReason, detail: string, suppliedBy: string | undefined): string {
  return `${reason}\n${suppliedBy ?? ""}\n${detail}`;
}

/** Counts of one activity under one version of its control. */
export class ActivityTally {
  readonly #counts: StateCounts;
  readonly #attributes: readonly AttributeTally[];
  /** Occurrences of which every attribute operated, by week: nearly all of them, so they cost one addition. */
  readonly #operated: Uint32Array;
  readonly #allOperated: readonly AttributeResult[];
  readonly #excluded = new Map<string, number>();

  constructor(attributes: readonly Attribute[], allOperated: readonly AttributeResult[], weeks: number) {
    this.#counts = new StateCounts(weeks);
    this.#attributes = attributes.map((attribute) => new AttributeTally(attribute, weeks));
    this.#operated = new Uint32Array(weeks);
    this.#allOperated = allOperated;
  }

  add(occurrence: Occurrence): void {
    const { week, state, attributes } = occurrence;
    if (attributes === this.#allOperated && state === "operated") {
      this.#operated[week] = (this.#operated[week] ?? 0) + 1;
      return;
    }
    this.#counts.add(week, state);
    // Nothing was judged where nothing was performed yet: the list is then empty.
    for (let i = 0; i < attributes.length; i++) {
      const result = attributes[i];
      if (result !== undefined) this.#attributes[i]?.add(result, occurrence);
    }
  }

  exclude(reason: string, count = 1): void {
    if (count > 0) this.#excluded.set(reason, (this.#excluded.get(reason) ?? 0) + count);
  }

  finish(): {
    readonly weeks: readonly WeekCounts[];
    readonly attributes: readonly AttributeSummary[];
    readonly excluded: readonly { readonly reason: string; readonly count: number }[];
  } {
    for (const [week, count] of this.#operated.entries()) {
      if (count === 0) continue;
      this.#counts.add(week, "operated", count);
      for (const attribute of this.#attributes) attribute.addTo(week, resultIndex.operated, count);
    }
    this.#operated.fill(0);
    return {
      weeks: this.#counts.weeks(),
      attributes: this.#attributes.map((attribute) => attribute.summary()),
      excluded: [...this.#excluded]
        .map(([reason, count]) => ({ reason, count }))
        .sort((a, b) => b.count - a.count || compareText(a.reason, b.reason)),
    };
  }
}
