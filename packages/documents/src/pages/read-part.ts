/** What was read, with the three claims side by side, and what could not be reconciled. */
import type { PopulationView } from "@countersign/application/ports";
import type { PopulationUse } from "@countersign/assessment";
import { html, join, nothing, type Markup } from "../html/markup.ts";
import { link, table, type Frame } from "../html/layout.ts";
import { completenessClaim } from "../html/claims.ts";
import { count, counted, extractionWords, list, sentence } from "../html/words.ts";

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
              <th scope="col">query</th>
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
    )}
    ${cautionsPart(frame)}`;
}

function readRow(frame: Frame, view: PopulationView, use: PopulationUse | undefined): Markup {
  const { population, exclusions, frozen } = view;
  const { body } = population;
  const extraction = extractionWords(body.extraction);
  return html`<tr>
    <th scope="row">
      ${link(frame, frame.site.populationOf(view), body.population)}
      <span class="note"
        >${body.kind} from
        <bdi>${body.source}</bdi
        >${body.version > 1 && html`, version ${body.version}`}${use === undefined && "; no result is drawn from it alone"}</span
      >
    </th>
    <td class="n">
      ${count(body.items.count)}
      ${exclusions.length > 0 && html`<span class="note">${count(exclusions.length)} excluded</span>`}
    </td>
    <td><b>${extraction.state}</b> <span class="note">${shorten(extraction.why, PROOF_SHOWN)}</span></td>
    <td>
      ${
        use === undefined
          ? html`<span class="absent">see its page</span>`
          : completenessClaim(use.completeness)
      }
    </td>
    <td>${rawWords(view)}</td>
    <td><code>${shorten(body.query, QUERY_SHOWN)}</code></td>
    <td>
      ${frozen === undefined ? "no" : "yes"}
      ${frozen !== undefined && frozen.body.warnings.length > 0 && html`<span class="note">with warnings</span>`}
    </td>
  </tr>`;
}

function rawWords({ paths, population }: PopulationView): Markup {
  if (paths.raw.length > 0)
    return html`raw bytes <span class="note">${counted(paths.raw.length, "file")}</span>`;
  return population.body.joinedFrom.length > 0
    ? html`raw bytes <span class="note">of what it joins</span>`
    : html`not shown`;
}

/** The population's page has both whole. */
const QUERY_SHOWN = 60;
const PROOF_SHOWN = 110;

function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length).toWellFormed()} …`;
}

/** Those with open differences one by one; those of which the same is to be said together. */
function unreconciled(frame: Frame): readonly Markup[] {
  const lines: Markup[] = [];
  const alone = new Grouped();
  for (const use of frame.view.summary.populations) {
    const name = link(frame, frame.site.population(use.record), use.population, true);
    const { completeness } = use;
    if (completeness.state === "not-shown") alone.add(completeness.reason, use.population, name);
    if (completeness.state === "differences")
      lines.push(
        html`${name}: ${counted(completeness.unresolved, "difference")} with its second source not resolved;
        ${count(completeness.resolved)} resolved`,
      );
  }
  return [
    ...lines,
    ...alone
      .entries()
      .map(({ words, names }) => html`Completeness not shown, ${words}: ${join(names, ", ")}`),
  ];
}

/** Sentences that stand beside every figure drawn from a population. */
function cautionsPart(frame: Frame): Markup {
  const grouped = new Grouped();
  for (const view of frame.view.populations)
    for (const caution of view.population.body.cautions)
      grouped.add(caution, view.population.body.population, nameOf(frame, view));
  for (const use of frame.view.summary.populations)
    for (const warning of use.warnings)
      grouped.add(
        warning,
        use.population,
        link(frame, frame.site.population(use.record), use.population, true),
      );
  const entries = grouped.entries();
  if (entries.length === 0) return nothing;
  return html`<h3 id="cautions">Cautions beside the figures</h3>
    ${list(
      entries.map(
        ({ words, names }) => html`${sentence(words)} <span class="note">${join(names, ", ")}</span>`,
      ),
      "",
    )}`;
}

function nameOf(frame: Frame, view: PopulationView): Markup {
  return link(frame, frame.site.populationOf(view), view.population.body.population, true);
}

/** The same words said of several populations, each of them once. */
class Grouped {
  readonly #names = new Map<string, Map<string, Markup>>();

  add(words: string, id: string, name: Markup): void {
    const names = this.#names.get(words) ?? new Map<string, Markup>();
    this.#names.set(words, names.set(id, name));
  }

  entries(): { readonly words: string; readonly names: readonly Markup[] }[] {
    return [...this.#names].map(([words, names]) => ({ words, names: [...names.values()] }));
  }
}
