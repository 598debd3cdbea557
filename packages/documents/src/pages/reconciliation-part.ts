/** What a second source says of the same list: counts, what one side alone holds, and who resolved each difference. */
import type { PopulationView } from "@countersign/application/ports";
import { html, type Markup } from "../html/markup.ts";
import { link, table, type Frame } from "../html/layout.ts";
import { count, counted, facts, person, time } from "../html/words.ts";

type Reconciliation = PopulationView["reconciliations"][number];
type Resolution = Reconciliation["resolutions"][number];
type Side = "left" | "right";

/** Lists on the page end here; the files under data/reconciliations hold them whole. */
const ROWS_MAX = 2_000;

const RESOLUTION = {
  explained: "explained",
  "source-error": "an error of the source",
  "belongs-to-population": "belongs to the population",
  "outside-population": "is outside the population",
} as const;

export function reconciliationPart(frame: Frame, view: PopulationView): Markup {
  return html`<h2 id="reconciliation">Reconciliation</h2>
    ${
      view.reconciliations.length === 0
        ? html`<p>It was not compared with a second source: that no item is missing is not shown.</p>`
        : view.reconciliations.map((one) => reconciliation(frame, one))
    }`;
}

function reconciliation(frame: Frame, view: Reconciliation): Markup {
  const { body } = view.reconciliation;
  const sideWords = (side: Side): Markup => {
    const { population, record, count: number } = body[side];
    return html`${link(frame, frame.site.population(record), population)}, ${counted(number, "item")}`;
  };
  return html`<h3>${body.left.population} and ${body.right.population}, by ${body.key}</h3>
    ${facts(
      [
        ["One side", sideWords("left")],
        ["Other side", sideWords("right")],
        ["On both", count(body.matched)],
        [
          "On one side alone",
          html`${count(body.onlyLeft.count)} in ${body.left.population}, ${count(body.onlyRight.count)} in
          ${body.right.population}`,
        ],
        ["Keys held twice on a side", count(body.duplicates.count)],
        [
          "Recorded",
          html`${time(view.reconciliation.recordedAt, frame.view.summary.window.zone)}, record
            <code>${view.reconciliation.record}</code>`,
        ],
      ],
      "Comparison",
    )}
    ${differences(frame, view, "left")} ${differences(frame, view, "right")}`;
}

function differences(frame: Frame, view: Reconciliation, side: Side): Markup {
  const { body } = view.reconciliation;
  const rows = side === "left" ? view.onlyLeft : view.onlyRight;
  const total = side === "left" ? body.onlyLeft.count : body.onlyRight.count;
  const { population } = body[side];
  if (total === 0) return html`<p class="none">No item stands in ${population} alone.</p>`;
  const shown = rows.slice(0, ROWS_MAX);
  const resolved = new Map<string, Resolution>();
  for (const resolution of view.resolutions)
    for (const id of resolution.body.ids) resolved.set(id, resolution);
  return html`${table(
    html`In ${population} alone <span class="note">${counted(total, "item")}</span>`,
    html`<tr>
      <th scope="col">item</th>
      <th scope="col">${body.key}</th>
      <th scope="col">resolution</th>
      <th scope="col">reason</th>
      <th scope="col">by, when</th>
    </tr>`,
    shown.map((one) => {
      const resolution = resolved.get(one.id);
      return html`<tr>
        <th scope="row"><code>${one.id}</code></th>
        <td><code>${one.key}</code></td>
        ${
          resolution === undefined
            ? html`<td><b>not resolved</b></td>
                <td></td>
                <td></td>`
            : html`<td>${RESOLUTION[resolution.body.resolution]}</td>
                <td>${resolution.body.reason}</td>
                <td>
                  ${person(frame.view, resolution.body.person)},
                  ${time(resolution.recordedAt, frame.view.summary.window.zone)}
                </td>`
        }
      </tr>`;
    }),
  )}${shown.length < total && html`<p>The first ${count(shown.length)} of ${count(total)}; the files hold the rest.</p>`}`;
}
