/** What was read, with the three claims side by side, and what could not be reconciled. */
import type { PopulationView } from "@countersign/application/ports";
import type { PopulationUse } from "@countersign/assessment";
import { html, join, type Markup } from "../html/markup.ts";
import { link, table, type Frame } from "../html/layout.ts";
import { accuracyClaim, completenessClaim, extractionClaim } from "../html/claims.ts";
import { count, counted, list } from "../html/words.ts";

export function readPart(frame: Frame): Markup {
  const { view } = frame;
  const uses = new Map(view.summary.populations.map((use) => [use.record, use]));
  const rows = view.populations.map((population) =>
    readRow(frame, population, uses.get(population.population.record)),
  );
  return html`<h2 id="read">What was read</h2>
    <p>
      A population is a list drawn from a source system. Whether all of it was read, whether the list is
      whole, and whether each item is what the source says are three claims; none stands for another.
    </p>
    ${
      rows.length === 0
        ? html`<p class="none">No population was read.</p>`
        : table(
            counted(rows.length, "population"),
            html`<tr>
              <th scope="col">population</th>
              <th scope="col" class="n">items</th>
              <th scope="col">extraction</th>
              <th scope="col">completeness</th>
              <th scope="col">accuracy</th>
              <th scope="col">frozen</th>
            </tr>`,
            rows,
          )
    }
    <h3 id="unreconciled">What could not be reconciled</h3>
    ${list(
      unreconciled(frame),
      view.summary.populations.length === 0
        ? "No population was used."
        : "Every population that was used is reconciled with a second source, with no difference left open.",
    )}`;
}

function readRow(frame: Frame, view: PopulationView, use: PopulationUse | undefined): Markup {
  const { population, exclusions, paths, frozen } = view;
  const { body } = population;
  return html`<tr>
    <th scope="row">
      ${link(frame, frame.site.populationOf(view), body.population)}
      <span class="note"
        >${body.kind} from
        <bdi>${body.source}</bdi
        >${body.version > 1 && html`, version ${body.version}`}${use === undefined && ", not used by this run"}</span
      ><span class="note">query <code>${shorten(body.query)}</code></span>
    </th>
    <td class="n">
      ${count(body.items.count)}${
        exclusions.length > 0 && html` <span class="note">${count(exclusions.length)} excluded</span>`
      }
    </td>
    <td>${extractionClaim(body.extraction)}</td>
    <td>
      ${
        use === undefined
          ? html`<span class="absent">see its page</span>`
          : completenessClaim(use.completeness)
      }
    </td>
    <td>${accuracyClaim(paths.raw.length)}</td>
    <td>
      ${
        frozen === undefined
          ? "no"
          : html`yes${frozen.body.warnings.length > 0 && html` <span class="note">${frozen.body.warnings.join("; ")}</span>`}`
      }
    </td>
  </tr>`;
}

const QUERY_SHOWN = 120;

function shorten(query: string): string {
  return query.length <= QUERY_SHOWN ? query : `${query.slice(0, QUERY_SHOWN)} …`;
}

function unreconciled(frame: Frame): readonly Markup[] {
  const lines: Markup[] = [];
  for (const use of frame.view.summary.populations) {
    const name = link(frame, frame.site.population(use.record), use.population);
    const { completeness } = use;
    if (completeness.state === "not-shown")
      lines.push(html`${name}: completeness not shown, ${completeness.reason}`);
    if (completeness.state === "differences")
      lines.push(
        html`${name}: ${counted(completeness.unresolved, "difference")} with its second source not resolved;
        ${count(completeness.resolved)} resolved`,
      );
    for (const warning of use.warnings) lines.push(html`${name}: ${warning}`);
  }
  for (const view of frame.view.populations) {
    const cautions = view.population.body.cautions;
    if (cautions.length > 0)
      lines.push(
        html`${link(frame, frame.site.populationOf(view), view.population.body.population)}:
        ${join(
          cautions.map((caution) => html`${caution}`),
          "; ",
        )}`,
      );
  }
  return lines;
}
