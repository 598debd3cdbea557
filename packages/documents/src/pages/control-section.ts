/** The controls on the first page: those with records in full, the others in one table. */
import type { ControlSummary } from "@countersign/assessment";
import { html, join, nothing, type Markup } from "../html/markup.ts";
import { link, table, type Frame } from "../html/layout.ts";
import { slug } from "../html/names.ts";
import { countsInWords } from "../html/shapes.ts";
import { count, counted, list } from "../html/words.ts";
import { activityName, activityTable, activityWords } from "./activity-part.ts";
import { reasonsPart } from "./reasons-part.ts";

/** With very many controls the strips of attributes stay on the controls' own pages. */
const STRIP_CELLS_MAX = 30_000;

/** The control's page lists more of them. */
const REASONS_SHOWN = 6;

export function controlSections(frame: Frame): Markup {
  const { controls, weeks } = frame.view.summary;
  const recorded = controls.filter(hasRecords);
  const silent = controls.filter((control) => !hasRecords(control));
  const rows = recorded.flatMap((control) => control.activities.flatMap((one) => one.attributes)).length;
  const strips = rows * weeks.length <= STRIP_CELLS_MAX ? "all" : "whole";
  return html`<h2 id="controls">Controls</h2>
    ${recorded.length === 0 && html`<p class="none">No control has a record in this window.</p>`}
    ${recorded.map((control) => section(frame, control, strips))} ${silentPart(frame, silent)}`;
}

function hasRecords(control: ControlSummary): boolean {
  return control.activities.some((activity) => activity.nothing !== "no-records");
}

function section(frame: Frame, control: ControlSummary, strips: "all" | "whole"): Markup {
  const id = `control-${slug(control.id)}`;
  return html`<section class="control">
    <h3 id="${id}">
      ${link(frame, frame.site.control(control.id), control.id)} ${control.title}
      <span class="crit">${criteriaWords(control)}</span>
    </h3>
    <p class="statement">${control.statement}</p>
    ${versionsPart(control)}
    ${
      control.activities.length > 1 &&
      html`<p>All occurrences by state: ${countsInWords(control.counts)}.</p>`
    }
    ${control.activities.map((activity) =>
      activity.nothing !== undefined
        ? html`<p class="none">${activityName(control, activity)}: ${activityWords(activity)}</p>`
        : html`${activityTable(frame, control, activity, strips)}${reasonsPart(activity, REASONS_SHOWN)}`,
    )}
  </section>`;
}

export function criteriaWords(control: ControlSummary): Markup {
  return html`${control.criteria.length === 1 ? "criterion" : "criteria"} ${control.criteria.join(", ")}`;
}

/** What changed within the window: each version is owed and tested on its own dates. */
function versionsPart(control: ControlSummary): Markup {
  if (control.versions.length <= 1 && control.notInForce.length === 0) return nothing;
  return list(
    [
      ...control.versions.map((one) => {
        const dates = html`Version ${one.version}, ${one.from} through ${one.through}`;
        return one.statement === control.statement ? dates : html`${dates}: “${one.statement}”`;
      }),
      ...control.notInForce.map((gap) => `Not in force from ${gap.from} through ${gap.through}`),
    ],
    "",
  );
}

function silentPart(frame: Frame, silent: readonly ControlSummary[]): Markup {
  if (silent.length === 0) return nothing;
  // Those that customers ask for first come first; the others keep the program's order.
  const sorted = silent.toSorted((a, b) => (a.askedFirst ?? Infinity) - (b.askedFirst ?? Infinity) || 0);
  const first = sorted.filter((control) => control.askedFirst !== undefined).slice(0, 3);
  return html`<h3 id="no-records">No records yet: ${counted(silent.length, "control")}</h3>
    <p>
      Nothing was collected for these, so nothing is known of them; that is no deviation and no
      operation.${
        first.length > 0 &&
        html` Customers ask first for
        ${join(
          first.map((one) => html`${one.id}`),
          ", ",
        )}.`
      }
    </p>
    ${table(
      html`Controls without records <span class="note">${count(silent.length)}</span>`,
      html`<tr>
        <th scope="col">control</th>
        <th scope="col">statement</th>
        <th scope="col">criteria</th>
      </tr>`,
      sorted.map(
        (control) =>
          html`<tr>
            <th scope="row">
              ${link(frame, frame.site.control(control.id), control.id, true)}
              <span class="note">${control.title}</span>
            </th>
            <td>${control.statement}</td>
            <td>${control.criteria.join(", ")}</td>
          </tr>`,
      ),
    )}`;
}
