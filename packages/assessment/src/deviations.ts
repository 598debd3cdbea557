/** Deviations: found once per occurrence and attribute, kept for good, answered beside and never removed. */
import {
  compareText,
  canonicalJson,
  digestOf,
  epochOf,
  formatInstant,
  hexOf,
  type EpochMs,
} from "@countersign/kernel";
import type { Frame } from "./frame.ts";
import type { AssessmentInput } from "./input.ts";
import type { Concentration, Deviation, Occurrence, Summary } from "./model.ts";

/** The same in every run over the same item and attribute: "dev_" and 12 hex digits of a SHA-256. */
export function deviationId(of: {
  readonly control: string;
  readonly activity: string;
  readonly attribute?: string;
  readonly occurrence: string;
}): string {
  const text = canonicalJson([of.control, of.activity, of.attribute ?? null, of.occurrence]);
  return `dev_${hexOf(digestOf(text)).slice(0, 12)}`;
}

export type Found = Omit<Deviation, "responses" | "exceptions">;

/** What one occurrence deviates in: each attribute that is false, and being late or missed. */
export function deviationsIn(
  occurrence: Occurrence,
  attributeIds: readonly string[],
  /** Why it is late or missed, in words; absent when it is neither. */
  overdue: string | undefined,
): readonly Found[] {
  const found: Found[] = [];
  const add = (state: Deviation["state"], cause: string, attribute?: string) => {
    const { control, version, activity, id, at, week, person, title } = occurrence;
    const subject = { control, activity, ...(attribute !== undefined && { attribute }), occurrence: id };
    found.push({
      id: deviationId(subject),
      ...subject,
      version,
      at,
      week,
      state,
      cause,
      ...(person !== undefined && { person }),
      ...(title !== undefined && { title }),
    });
  };
  if (overdue !== undefined) add(occurrence.performed === undefined ? "missed" : "late", overdue);
  for (const [index, result] of occurrence.attributes.entries()) {
    if (result.state === "deviated") add("deviated", result.cause, attributeIds[index]);
  }
  return found;
}

/** In the order of time; what happened at one instant by control, activity, occurrence and attribute. */
export function sortDeviations(found: readonly Found[]): readonly Found[] {
  return found
    .map((deviation) => ({ deviation, at: epochOf(deviation.at) }))
    .sort(
      (a, b) =>
        a.at - b.at ||
        compareText(a.deviation.control, b.deviation.control) ||
        compareText(a.deviation.activity, b.deviation.activity) ||
        compareText(a.deviation.occurrence, b.deviation.occurrence) ||
        compareText(a.deviation.attribute ?? "", b.deviation.attribute ?? ""),
    )
    .map(({ deviation }) => deviation);
}

/** Sets what people said of each deviation beside it. An exception stands beside what happened until its last day. */
export function answerDeviations(
  found: readonly Found[],
  input: AssessmentInput,
  frame: Frame,
): readonly Deviation[] {
  const responses = Map.groupBy(input.responses, ({ body }) => body.deviation);
  const exceptions = Map.groupBy(input.exceptions, ({ body }) => body.control);
  return found.map((deviation) => ({
    ...deviation,
    responses: (responses.get(deviation.id) ?? []).map(({ record, recordedAt, body }) => ({
      record,
      cause: body.cause,
      response: body.response,
      ...(body.correctiveAction !== undefined && { correctiveAction: body.correctiveAction }),
      ...(body.retest !== undefined && { retest: body.retest }),
      at: formatInstant(recordedAt),
    })),
    exceptions: (exceptions.get(deviation.control) ?? [])
      .filter(
        ({ body }) =>
          (body.attribute === undefined || body.attribute === deviation.attribute) &&
          (body.items.length === 0 || body.items.includes(deviation.occurrence)) &&
          body.until >= frame.dateAt(epochOf(deviation.at)),
      )
      .map(({ record, body }) => ({
        record,
        reason: body.reason,
        until: body.until,
        compensatingControl: body.compensatingControl,
        approver: body.approver,
      })),
  }));
}

/** Withdrawn findings stay listed; `stillFound` says that this run finds it all the same. */
export function withdrawnOf(
  input: AssessmentInput,
  found: readonly Found[],
): NonNullable<Summary["withdrawn"]> {
  const ids = new Set(found.map((deviation) => deviation.id));
  return input.withdrawals.map(({ record, recordedAt, body }) => ({
    record,
    at: formatInstant(recordedAt),
    ...body,
    stillFound: ids.has(body.deviation),
  }));
}

/** At most so many persons, and so many weeks, are named for a control. */
const TOP = 3;

/** Where a control's deviations gather: persons and weeks that hold at least two of them. */
export function concentrationsOf(found: readonly Found[], frame: Frame): readonly Concentration[] {
  const concentrations: Concentration[] = [];
  const byControl = [...Map.groupBy(found, (deviation) => deviation.control)];
  for (const [control, list] of byControl.sort((a, b) => compareText(a[0], b[0]))) {
    if (list.length < 2) continue;
    const top = (by: Concentration["by"], keyOf: (deviation: Found) => string | undefined) => {
      const counts = new Map<string, number>();
      for (const deviation of list) {
        const key = keyOf(deviation);
        if (key !== undefined) counts.set(key, (counts.get(key) ?? 0) + 1);
      }
      const rows = [...counts]
        .filter(([, deviations]) => deviations >= 2)
        .sort((a, b) => b[1] - a[1] || compareText(a[0], b[0]))
        .slice(0, TOP);
      for (const [key, deviations] of rows)
        concentrations.push({ control, by, key, deviations, of: list.length });
    };
    top("person", (deviation) => deviation.person);
    top("week", (deviation) => frame.weeks[deviation.week]?.from);
  }
  return concentrations;
}

/** Local dates of what is overdue, for its cause: "performed on 2026-06-20, due by 2026-06-15". */
export function overdueWords(frame: Frame, lastOnTime: EpochMs, performedAt: EpochMs | undefined): string {
  const due = `due by ${frame.dateAt(lastOnTime)}`;
  return performedAt === undefined
    ? `nothing was recorded that satisfies it, ${due}`
    : `performed on ${frame.dateAt(performedAt)}, ${due}`;
}
