/** The operating map: one row an activity, one shape a week, the gaps of sources beneath. */
import type { ActivitySummary, ControlSummary, Summary } from "@countersign/assessment";
import { html, join, type Markup } from "../html/markup.ts";
import { link, table, type Frame } from "../html/layout.ts";
import { legend } from "../html/shapes.ts";
import { axis, gapStrip, strip } from "../html/strip.ts";
import { counted } from "../html/words.ts";
import {
  activityName,
  activityWords,
  columnsFor,
  countCells,
  stateHeads,
  subjectOf,
} from "./activity-part.ts";

type Row = { readonly control: ControlSummary; readonly activity: ActivitySummary };

function recorded(summary: Summary): readonly Row[] {
  return summary.controls.flatMap((control) =>
    control.activities
      .filter((activity) => activity.nothing !== "no-records")
      .map((activity) => ({ control, activity })),
  );
}

export function mapPart(frame: Frame): Markup {
  const { summary } = frame.view;
  const rows = recorded(summary);
  if (rows.length === 0)
    return html`<h2 id="map">Operating map</h2>
      <p class="none">No control has a record in this window.</p>`;
  const columns = columnsFor(
    new Set(rows.map(({ activity }) => activity.kind)),
    rows.map(({ activity }) => activity.counts),
  );
  const body = rows.map(({ control, activity }) => {
    return html`<tr>
      <th scope="row" class="label">
        ${link(frame, frame.site.control(control.id), control.id, true)}
        <span class="note">${activityName(control, activity)}</span>
      </th>
      ${
        activity.nothing === undefined
          ? countCells(activity.counts, columns)
          : html`<td colspan="${columns.length}"><span class="note">${activityWords(activity)}</span></td>`
      }
      <td class="strip">${strip(summary.weeks, activity.weeks, subjectOf(control, activity), true)}</td>
    </tr>`;
  });
  const gapRows = summary.gaps.map(
    (gap) =>
      html`<tr>
        <th scope="row" class="label">
          <span class="note">source <bdi>${gap.source}</bdi> could not be read</span>
        </th>
        <td class="n" colspan="${columns.length}">
          <span class="note"
            >starves
            ${join(
              gap.controls.map((id) => html`${id}`),
              ", ",
            )}</span
          >
        </td>
        <td class="strip">
          ${gapStrip(summary.weeks, [gap], summary.window.zone, `Gap of ${gap.source}, ${gap.start} to ${gap.end}`)}
        </td>
      </tr>`,
  );
  return html`<h2 id="map">Operating map</h2>
    <p>
      Each row is one activity of a control; its numbers count occurrences over the window, and each shape is
      one week. An occurrence takes the state that a reader must not overlook: one whose attributes hold an
      unknown is unknown, though others operated. The sections below show every attribute by itself. The weeks
      as numbers are on each control’s page.
    </p>
    ${table(
      html`Occurrences by activity and state
        <span class="note"
          >${counted(rows.length, "activity", "activities")},
          ${counted(summary.weeks.length, "week")}${partWeeks(summary)}</span
        >`,
      html`<tr>
        <th scope="col">control and activity</th>
        ${stateHeads(columns)}
        <th scope="col" class="strip">${axis(summary.weeks)}</th>
      </tr>`,
      [...body, ...gapRows],
    )}
    ${legend()}`;
}

/** Weeks run from Monday to Sunday; what the window's ends cut is said. */
function partWeeks(summary: Summary): string {
  const short = (week: Summary["weeks"][number] | undefined): boolean =>
    week !== undefined && Date.parse(week.through) - Date.parse(week.from) < 6 * 86_400_000;
  const first = short(summary.weeks[0]);
  const last = short(summary.weeks[summary.weeks.length - 1]);
  if (first && last) return ", the first and the last are part weeks";
  if (first) return ", the first is a part week";
  return last ? ", the last is a part week" : "";
}
