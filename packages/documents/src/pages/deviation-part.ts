/** Deviations as every page lists them: id, time, person, cause, and the way to the item. */
import type { Deviation } from "@countersign/assessment";
import { html, type Markup } from "../html/markup.ts";
import { link, table, type Frame } from "../html/layout.ts";
import { stateMark } from "../html/shapes.ts";
import { person, time } from "../html/words.ts";

/** The path of the page that goes from the raw bytes to this deviation. */
export function deviationPage(frame: Frame, deviation: Deviation): string | undefined {
  return frame.site.occurrence(deviation.control, deviation.activity, deviation.occurrence);
}

export function attributeLabel(frame: Frame, deviation: Deviation): string | undefined {
  if (deviation.attribute === undefined) return undefined;
  const control = frame.view.summary.controls.find((one) => one.id === deviation.control);
  const activity = control?.activities.find(
    (one) => one.id === deviation.activity && one.version === deviation.version,
  );
  return activity?.attributes.find((one) => one.id === deviation.attribute)?.label ?? deviation.attribute;
}

export function deviationRow(frame: Frame, deviation: Deviation): Markup {
  const { view, site } = frame;
  const attribute = attributeLabel(frame, deviation);
  return html`<tr data-deviation="${deviation.id}">
    <th scope="row">
      ${link(
        frame,
        deviationPage(frame, deviation),
        html`<code>${shortOccurrence(deviation.occurrence)}</code>`,
      )}${deviation.title !== undefined && html` <span class="note"><bdi>${deviation.title}</bdi></span>`}
      <span class="note">deviation <code>${deviation.id}</code></span>
    </th>
    <td>${time(deviation.at, view.summary.window.zone)}</td>
    <td>
      ${link(frame, site.control(deviation.control), deviation.control, true)}${
        attribute !== undefined && html` <span class="note">${attribute}</span>`
      }
    </td>
    <td>${stateMark(deviation.state)} <span class="note">${deviation.cause}</span></td>
    <td>${person(view, deviation.person)}</td>
    <td>${standing(deviation)}</td>
  </tr>`;
}

/** A response or an exception stands beside the deviation and takes nothing from it. */
function standing(deviation: Deviation): Markup {
  const parts: string[] = [];
  parts.push(deviation.responses.length === 0 ? "no response yet" : "responded to");
  if (deviation.exceptions.length > 0) parts.push("approved exception beside it");
  return html`${parts.join("; ")}`;
}

/** Long hexadecimal ids in the short form that git users know; the item's page has it in full. */
export function shortOccurrence(id: string): string {
  return id.replace(/\b([0-9a-f]{10})[0-9a-f]{6,}\b/g, "$1");
}

export function deviationsTable(
  frame: Frame,
  deviations: readonly Deviation[],
  caption: Markup | string,
): Markup {
  return table(
    caption,
    html`<tr>
      <th scope="col">item or period</th>
      <th scope="col">time, UTC${frame.view.summary.window.zone !== "UTC" && " and local"}</th>
      <th scope="col">control, attribute</th>
      <th scope="col">state and cause</th>
      <th scope="col">person</th>
      <th scope="col">response</th>
    </tr>`,
    deviations.map((deviation) => deviationRow(frame, deviation)),
  );
}
