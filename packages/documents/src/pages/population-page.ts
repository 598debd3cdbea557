/** One population: what was asked, by whom, when, how complete the answer was, and what a second source says. */
import type { PopulationView } from "@countersign/application/ports";
import { itemKindOf } from "@countersign/records";
import { accuracyClaim, completenessClaim, extractionClaim } from "../html/claims.ts";
import { html, nothing, preformatted, type Markup } from "../html/markup.ts";
import { link, page, table, type Frame } from "../html/layout.ts";
import { count, counted, facts, list, sentences, time, utc, windowWords, type Pair } from "../html/words.ts";
import { reconciliationPart } from "./reconciliation-part.ts";

/** Lists on the page end here; the files hold them whole. */
const ROWS_MAX = 2_000;

export function populationPage(frame: Frame, view: PopulationView): string {
  const { body } = view.population;
  const kind = itemKindOf(body.kind);
  return page(
    frame,
    {
      title: `Population ${body.population}`,
      kicker: `Population${kind === undefined ? "" : `: each item is ${kind.words}`}`,
      h1: html`<bdi>${body.population}</bdi>`,
    },
    html`<p class="lead">
        <b>${counted(body.items.count, "item")}</b> of kind ${body.kind} from <bdi>${body.source}</bdi>,
        version ${body.version}.
      </p>
      ${list(
        body.cautions.map((caution) => html`<b>Caution:</b> ${caution}`),
        "No caution stands beside figures drawn from it.",
      )}
      <h2 id="query">What was asked</h2>
      ${queryPart(frame, view)}
      <h2 id="claims">Three claims</h2>
      ${claimsPart(frame, view)} ${lacksPart(view)}
      <h2 id="files">Files</h2>
      ${filesPart(frame, view)}
      <h2 id="freeze">Freeze</h2>
      ${freezePart(frame, view)} ${reconciliationPart(frame, view)} ${outsidePart(frame, view)}
      ${exclusionsPart(view)}
      <p>${link(frame, "index.html#read", "Back to what was read")}</p>`,
  );
}

function queryPart(frame: Frame, view: PopulationView): Markup {
  const { population } = view;
  const { body } = population;
  const { zone } = frame.view.summary.window;
  const pairs: Pair[] = [
    ["Parameters", html`<code>${JSON.stringify(body.parameters)}</code>`],
    [
      "Window",
      html`${windowWords(body.window)}, ${body.window.zone}: from ${utc(body.start)} up to, and not including,
      ${utc(body.end)}`,
    ],
    ["Cut-off", html`<code>${body.cutOff}</code>: ${body.cutOffRule}`],
    ["Covers", html`${time(body.covers.start, zone)} up to ${time(body.covers.end, zone)}`],
    [
      "Collector",
      html`${body.collector.name}
      ${body.collector.version}${body.collector.mapping !== undefined && html`, mapping <code>${body.collector.mapping}</code>`}`,
    ],
    ["Started, finished", html`${time(body.startedAt, zone)}, ${time(body.finishedAt, zone)}`],
    ["Read", `${counted(body.pages, "page or file", "pages or files")}, ${counted(body.rowsRead, "row")}`],
    [
      "Record",
      html`<code>${population.record}</code>, entry ${population.index} of the log, recorded
        ${time(population.recordedAt, zone)}`,
    ],
    [
      "Joined from",
      body.joinedFrom.length === 0
        ? undefined
        : body.joinedFrom.map(
            (record) =>
              html`<p>
                ${link(frame, frame.site.population(record), populationName(frame, record))}
                <span class="note">record <code>${record}</code></span>
              </p>`,
          ),
    ],
  ];
  return html`<p>
      Exactly this was asked of the source; asked again while you watch, it should give the same.
    </p>
    ${preformatted(body.query)} ${facts(pairs, "How it was read")}`;
}

function populationName(frame: Frame, record: string): string {
  const found = frame.view.populations.find((one) => one.population.record === record);
  return found?.population.body.population ?? "a population that is not in this package";
}

function claimsPart(frame: Frame, view: PopulationView): Markup {
  const { body } = view.population;
  const use = frame.view.summary.populations.find((one) => one.record === view.population.record);
  const warnings = (use?.warnings ?? []).filter((warning) => !body.cautions.includes(warning));
  return facts(
    [
      ["Extraction", extractionClaim(body.extraction)],
      [
        "Completeness",
        use === undefined
          ? html`<span class="absent"
              >this run did not use the population; see the reconciliations below</span
            >`
          : completenessClaim(use.completeness),
      ],
      ["Accuracy", accuracyClaim(view)],
      ["Warnings", warnings.length > 0 ? sentences(warnings) : undefined],
    ],
    "Three claims",
  );
}

function lacksPart(view: PopulationView): Markup {
  const { lacks } = view.population.body;
  if (lacks.length === 0)
    return html`<h2 id="lacks">What the source cannot say</h2>
      <p class="none">The collector names no fact that the source lacks.</p>`;
  return html`<h2 id="lacks">What the source cannot say</h2>
    <p>A rule that reads one of these facts is unknown for every item without it.</p>
    ${table(
      counted(lacks.length, "fact"),
      html`<tr>
        <th scope="col">fact, as rules name it</th>
        <th scope="col">why</th>
        <th scope="col">would be supplied by</th>
      </tr>`,
      lacks.map(
        (lack) =>
          html`<tr>
            <th scope="row"><code>${lack.field}</code></th>
            <td>${lack.reason}</td>
            <td>${lack.suppliedBy}</td>
          </tr>`,
      ),
    )}`;
}

function filesPart(frame: Frame, view: PopulationView): Markup {
  const { body } = view.population;
  const { paths } = view;
  const raw = new Map(body.raw.map((blob) => [blob.name, blob]));
  return html`${facts(
    [
      [
        "Items",
        html`${link(frame, paths.items, html`<code>${paths.items}</code>`)}: one line an item, sorted by
        id${/-\d{5}\.ndjson$/.test(paths.items) && ", in numbered parts"}`,
      ],
      ["Items as one list", html`${count(body.items.size)} bytes, <code>${body.items.digest}</code>`],
      ["Root of the items’ tree", html`<code>${body.items.root}</code>`],
      ["The record’s body", link(frame, paths.header, html`<code>${paths.header}</code>`)],
    ],
    "Files of the population",
  )}${
    paths.raw.length === 0
      ? html`<p class="none">No raw bytes are in this package.</p>`
      : table(
          html`Raw files <span class="note">as the source gave them</span>`,
          html`<tr>
            <th scope="col">file</th>
            <th scope="col" class="n">bytes</th>
            <th scope="col">digest</th>
          </tr>`,
          paths.raw.map((one) => {
            const blob = raw.get(one.name);
            return html`<tr>
              <th scope="row">${link(frame, one.path, html`<bdi>${one.name}</bdi>`)}</th>
              <td class="n">${count(one.size)}</td>
              <td><code>${blob?.digest ?? ""}</code></td>
            </tr>`;
          }),
        )
  }`;
}

function freezePart(frame: Frame, view: PopulationView): Markup {
  const { frozen } = view;
  if (frozen === undefined)
    return html`<p>It is not frozen: a later pull makes a new version, and this one stays.</p>`;
  return html`<p>
      Frozen ${time(frozen.recordedAt, frame.view.summary.window.zone)} with
      ${counted(frozen.body.count, "item")} and the root <code>${frozen.body.root}</code>, record
      <code>${frozen.record}</code>, entry ${frozen.index} of the log.
    </p>
    ${list(
      frozen.body.warnings.map((warning) => html`<b>Warning:</b> ${warning}`),
      "It was frozen without a warning.",
    )}`;
}

function outsidePart(frame: Frame, view: PopulationView): Markup {
  const use = frame.view.summary.populations.find((one) => one.record === view.population.record);
  const outside = use?.outside ?? [];
  if (outside.length === 0) return nothing;
  return html`<h2 id="outside">Items that nothing in the window owes</h2>
    ${table(
      html`By reason <span class="note">read, and beside the total</span>`,
      html`<tr>
        <th scope="col">reason</th>
        <th scope="col" class="n">items</th>
      </tr>`,
      outside.map(
        (one) =>
          html`<tr>
            <th scope="row">${one.reason}</th>
            <td class="n">${count(one.count)}</td>
          </tr>`,
      ),
    )}`;
}

function exclusionsPart(view: PopulationView): Markup {
  const { exclusions } = view;
  const total = view.population.body.exclusions.count;
  const heading = html`<h2 id="exclusions">Read, and not items of it</h2>`;
  if (exclusions.length === 0)
    return html`${heading}
      <p class="none">
        ${total === 0 ? "No row was left out." : `${counted(total, "row")} left out, listed in the package’s files.`}
      </p>`;
  const shown = exclusions.slice(0, ROWS_MAX);
  return html`${heading}${table(
    counted(total, "row"),
    html`<tr>
      <th scope="col">row</th>
      <th scope="col">reason</th>
    </tr>`,
    shown.map(
      (one) =>
        html`<tr>
          <th scope="row"><code>${one.id}</code></th>
          <td>${one.reason}</td>
        </tr>`,
    ),
  )}${shown.length < total && html`<p>The first ${count(shown.length)}; the files hold the rest.</p>`}`;
}
