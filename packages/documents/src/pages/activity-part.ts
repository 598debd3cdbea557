/** An activity as the first page and the control's page both show it: counts, attributes, strips, reasons. */
import type { ActivitySummary, AttributeSummary, ControlSummary, Counts } from "@countersign/assessment";
import { html, join, nothing, type Markup } from "../html/markup.ts";
import { table, type Frame } from "../html/layout.ts";
import { countsInWords, shape, stateOrder, stateShapes } from "../html/shapes.ts";
import { attributeWeek, axis, gapStrip, strip, type Subject } from "../html/strip.ts";
import { count, counted } from "../html/words.ts";

type State = (typeof stateOrder)[number];

/** The columns that a table of these counts needs: what the kind can have, and whatever is not zero. */
export function columnsFor(
  kinds: ReadonlySet<ActivitySummary["kind"]>,
  all: readonly Counts[],
): readonly State[] {
  const base: ReadonlySet<State> = new Set<State>(
    kinds.has("periodic")
      ? ["operated", "late", "missed", "deviated", "unknown"]
      : ["operated", "deviated", "unknown"],
  );
  return stateOrder.filter((state) => base.has(state) || all.some((counts) => counts[state] > 0));
}

export function stateHeads(columns: readonly State[]): readonly Markup[] {
  return columns.map(
    (state) => html`<th scope="col" class="n">${shape(state)} ${stateShapes[state].word}</th>`,
  );
}

export function countCells(counts: Counts, columns: readonly State[]): readonly Markup[] {
  return columns.map(
    (state) => html`<td class="n${counts[state] === 0 && " zero"}">${count(counts[state])}</td>`,
  );
}

/** The activity's title, with the version where the control has several within the window. */
export function activityName(control: ControlSummary, activity: ActivitySummary): string {
  return control.versions.length > 1 ? `${activity.title}, version ${activity.version}` : activity.title;
}

export function subjectOf(control: ControlSummary, activity: ActivitySummary): Subject {
  return {
    control: control.id,
    activity: activity.id,
    version: activity.version,
    words: `${control.id}, ${activityName(control, activity)}`,
  };
}

function total(counts: Counts): number {
  return stateOrder.reduce((sum, state) => sum + counts[state], 0);
}

/** What was owed and why there may be nothing, in a sentence. */
export function activityWords(activity: ActivitySummary): string {
  if (activity.nothing === undefined) {
    const assessed = total(activity.counts) - activity.counts["not-applicable"];
    const of = assessed === activity.expected ? "" : `${count(assessed)} of `;
    return `${of}${counted(activity.expected, "occurrence")} owed: ${countsInWords(activity.counts)}.`;
  }
  switch (activity.nothing) {
    case "recorded-zero":
      return "It did not occur: the population is empty, its read complete and reconciled with a second source. Operation was not tested.";
    case "zero-not-shown":
      return "No item was read, and it is not shown that there was none. Operation was not tested.";
    case "no-occurrence-due":
      return "Nothing falls due in the window, so operation was not tested.";
    case "no-records":
      return "No records were collected.";
  }
}

function attributeCounts(attribute: AttributeSummary): Counts {
  return attributeWeek([attribute.operated, attribute.deviated, attribute.unknown, attribute.notApplicable]);
}

/** The activity's table: occurrences as a whole, each attribute, and their strips. */
export function activityTable(
  frame: Frame,
  control: ControlSummary,
  activity: ActivitySummary,
  strips: "all" | "whole",
): Markup {
  const { weeks, window, gaps } = frame.view.summary;
  const columns = columnsFor(new Set([activity.kind]), [
    activity.counts,
    ...activity.attributes.map(attributeCounts),
  ]);
  const subject = subjectOf(control, activity);
  const whole = html`<tr class="whole">
    <th scope="row">${activity.attributes.length === 0 ? "occurrences" : "occurrence as a whole"}</th>
    ${countCells(activity.counts, columns)}
    <td class="strip">${strip(weeks, activity.weeks, subject)}</td>
  </tr>`;
  const attributes = activity.attributes.map((attribute) => {
    const drawn =
      strips === "all"
        ? strip(weeks, attribute.weeks.map(attributeWeek), {
            ...subject,
            attribute: attribute.id,
            words: `${subject.words}, ${attribute.label}`,
          })
        : nothing;
    // An attribute has no due rule of its own: late, missed and not due are states of the occurrence.
    const cells = columns.map((state) =>
      state === "late" || state === "missed" || state === "not-due"
        ? html`<td></td>`
        : countCells(attributeCounts(attribute), [state]),
    );
    return html`<tr>
      <th scope="row">${attribute.label}</th>
      ${cells}
      <td class="strip">${drawn}</td>
    </tr>`;
  });
  const starved = gaps.filter((gap) => gap.controls.includes(control.id));
  const gapRow =
    starved.length > 0 &&
    html`<tr>
      <th scope="row">source could not be read</th>
      <td class="n" colspan="${columns.length}">
        ${join(
          starved.map((gap) => html`<bdi>${gap.source}</bdi>`),
          ", ",
        )}
      </td>
      <td class="strip">
        ${gapStrip(weeks, starved, window.zone, `Gaps of ${starved.map((gap) => gap.source).join(", ")}: ${starved.map((gap) => `${gap.start} to ${gap.end}`).join("; ")}`)}
      </td>
    </tr>`;
  return table(
    html`${activityName(control, activity)} <span class="note">${activityWords(activity)}</span>`,
    html`<tr>
      <th scope="col">${activity.kind === "per-item" ? "attribute, tested on every item" : "attribute"}</th>
      ${stateHeads(columns)}
      <th scope="col" class="strip">${axis(weeks)}</th>
    </tr>`,
    [whole, ...attributes, ...(gapRow === false ? [] : [gapRow])],
  );
}
