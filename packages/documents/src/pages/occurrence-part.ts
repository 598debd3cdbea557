/** Single occurrences: of a periodic activity all of them, of the others those that have pages. */
import { compareText } from "@countersign/kernel";
import type { ActivitySummary, ControlSummary, Occurrence } from "@countersign/assessment";
import type { PackageView } from "@countersign/application/ports";
import { html, nothing, type Markup } from "../html/markup.ts";
import { link, table, type Frame } from "../html/layout.ts";
import { stateMark } from "../html/shapes.ts";
import { count, counted, person, provenanceWords, time } from "../html/words.ts";
import { sheetsWords } from "./sheets-part.ts";
import { shortOccurrence } from "./deviation-part.ts";
import { evidenceAnchor } from "./evidence-page.ts";

/** A page lists no more than this many; the spreadsheets and the JSON list all. */
const ROWS_MAX = 2_000;

/** The occurrences that the pages were given, by control and activity. */
export type Occurrences = {
  readonly of: (control: string, activity: string, version: number) => readonly Occurrence[];
};

/** Every occurrence of the periodic activities, and those of the others that have a page of their own. */
export function occurrencesOf(view: PackageView): Occurrences {
  const byActivity = new Map<string, Map<string, Occurrence>>();
  const add = (occurrence: Occurrence): void => {
    const key = JSON.stringify([occurrence.control, occurrence.activity, occurrence.version]);
    let known = byActivity.get(key);
    if (known === undefined) byActivity.set(key, (known = new Map<string, Occurrence>()));
    known.set(occurrence.id, occurrence);
  };
  for (const occurrence of view.occurrences) add(occurrence);
  for (const { occurrence } of view.items) add(occurrence);
  return {
    of: (control, activity, version) => {
      const known = byActivity.get(JSON.stringify([control, activity, version]));
      if (known === undefined) return [];
      return [...known.values()].sort((a, b) => compareText(a.at, b.at) || compareText(a.id, b.id));
    },
  };
}

export function occurrencesPart(
  frame: Frame,
  control: ControlSummary,
  activity: ActivitySummary,
  occurrences: Occurrences,
): Markup {
  const all = occurrences.of(control.id, activity.id, activity.version);
  if (all.length === 0) return nothing;
  const shown = all.slice(0, ROWS_MAX);
  const periodic = activity.kind === "periodic";
  const words = periodic
    ? "one row per period; the date of performance, who says so, and when it was recorded"
    : "those that deviated or are unknown and have a page of their own";
  return html`${table(
    html`${periodic ? "Occurrences" : "Occurrences with a page"}
      <span class="note">${counted(all.length, "row")}; ${words}</span>`,
    periodic
      ? html`<tr>
          <th scope="col">period</th>
          <th scope="col">due by</th>
          <th scope="col">performed, and who says when</th>
          <th scope="col">recorded</th>
          <th scope="col">state</th>
          <th scope="col">person</th>
          <th scope="col">evidence</th>
        </tr>`
      : html`<tr>
          <th scope="col">item</th>
          <th scope="col">time</th>
          <th scope="col">state</th>
          <th scope="col">person</th>
        </tr>`,
    shown.map((one) => (periodic ? periodicRow(frame, one) : itemRow(frame, one))),
  )}${
    shown.length < all.length
      ? html`<p>The first ${count(shown.length)} of ${count(all.length)}. ${sheetsWords(frame)}.</p>`
      : periodic
        ? nothing
        : html`<p class="note">
            The whole list: ${sheetsWords(frame)}; for programs, the results under <code>data/</code>.
          </p>`
  }`;
}

function periodicRow(frame: Frame, one: Occurrence): Markup {
  const { zone } = frame.view.summary.window;
  return html`<tr data-occurrence="${one.id}">
    <th scope="row">
      ${link(frame, frame.site.occurrence(one.control, one.activity, one.id), one.id, true)}
    </th>
    <td>${one.due === undefined ? html`<span class="absent">no due rule</span>` : time(one.due, zone)}</td>
    <td>
      ${
        one.performed === undefined
          ? html`<span class="absent">not performed</span>`
          : html`${time(one.performed.at, zone)}
              <span class="note">${provenanceWords(one.performed.provenance)}</span>`
      }
    </td>
    <td>
      ${one.recorded === undefined ? html`<span class="absent">not recorded</span>` : time(one.recorded, zone)}${
        one.recordedLate === true && html` <span class="note"><b>recorded late</b></span>`
      }
    </td>
    <td>
      ${stateMark(one.state)}${one.detail !== undefined && html` <span class="note">${one.detail}</span>`}${notApplicable(frame, one)}
    </td>
    <td>${person(frame.view, one.person)}</td>
    <td>
      ${
        one.evidence === undefined
          ? html`<span class="absent">none</span>`
          : link(frame, evidenceAnchor(one.evidence), html`<code>${shortRecord(one.evidence)}</code>`, true)
      }
    </td>
  </tr>`;
}

/** Enough of a record's id to tell it from its neighbours; the page that it leads to has it whole. */
function shortRecord(id: string): string {
  return id.length <= 20 ? id : `${id.slice(0, 12)}…`;
}

export function notApplicable(frame: Frame, one: Occurrence): Markup {
  if (one.notApplicable === undefined) return nothing;
  return html` <span class="note"
    >${one.notApplicable.reason}; approved by ${person(frame.view, one.notApplicable.approver)}</span
  >`;
}

function itemRow(frame: Frame, one: Occurrence): Markup {
  return html`<tr data-occurrence="${one.id}">
    <th scope="row">
      ${link(
        frame,
        frame.site.occurrence(one.control, one.activity, one.id),
        html`<code>${shortOccurrence(one.id)}</code>`,
        true,
      )}${one.title !== undefined && html` <span class="note"><bdi>${one.title}</bdi></span>`}
    </th>
    <td>${time(one.at, frame.view.summary.window.zone)}</td>
    <td>
      ${stateMark(one.state)}${one.detail !== undefined && html` <span class="note">${one.detail}</span>`}
    </td>
    <td>${person(frame.view, one.person)}</td>
  </tr>`;
}
