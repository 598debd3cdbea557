/** The shapes of the states: distinct without colour, in a terminal as on paper. */
import type { Counts, OccurrenceState } from "@countersign/assessment";

export const shapes: { readonly [state in OccurrenceState]: string } = {
  operated: "■",
  late: "◧",
  missed: "✕",
  deviated: "▲",
  unknown: "◌",
  "not-due": "·",
  "not-applicable": "–",
};

/**
 * The state that a cell shows where a week holds several: what a reader must not overlook comes first. The package's
 * pages have the same order (documents, shapes.ts), and a journey holds the two together.
 */
const order: readonly OccurrenceState[] = [
  "missed",
  "deviated",
  "late",
  "unknown",
  "operated",
  "not-due",
  "not-applicable",
];

export function cellOf(counts: Counts): string {
  const state = order.find((each) => counts[each] > 0);
  return state === undefined ? " " : shapes[state];
}

export function strip(weeks: readonly Counts[]): string {
  return weeks.map(cellOf).join("");
}

/** One attribute's weeks: [operated, deviated, unknown, not-applicable]. */
export function attributeStrip(weeks: readonly (readonly [number, number, number, number])[]): string {
  return weeks
    .map(([operated, deviated, unknown, notApplicable]) => {
      if (deviated > 0) return shapes.deviated;
      if (unknown > 0) return shapes.unknown;
      if (operated > 0) return shapes.operated;
      return notApplicable > 0 ? shapes["not-applicable"] : " ";
    })
    .join("");
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Names of months over the weeks in which they begin. */
export function monthHeader(weeks: readonly { readonly from: string; readonly through: string }[]): string {
  let header = "";
  let before = "";
  weeks.forEach((week, i) => {
    const month = week.through.slice(0, 7);
    if (month === before) return;
    before = month;
    const name = months[Number(month.slice(5)) - 1] ?? "";
    if (header.length <= i) header = header.padEnd(i) + name;
  });
  return header.slice(0, Math.max(weeks.length, header.length));
}
