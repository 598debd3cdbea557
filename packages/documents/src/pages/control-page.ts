/** One control: what it promises, how that is tested, and everything that the run says of it. */
import type { ActivitySummary, ControlSummary } from "@countersign/assessment";
import type { Activity, ControlVersion } from "@countersign/program";
import { html, join, nothing, type Markup } from "../html/markup.ts";
import { link, page, table, type Frame } from "../html/layout.ts";
import { slug } from "../html/names.ts";
import { countsInWords, legend } from "../html/shapes.ts";
import { count, counted, facts, list, personInFull, sentences, type Pair } from "../html/words.ts";
import { accuracyClaim, completenessClaim, extractionClaim } from "../html/claims.ts";
import { activityName, activityTable, activityWords } from "./activity-part.ts";
import { reasonsPart } from "./reasons-part.ts";
import { deviationsTable } from "./deviation-part.ts";
import { occurrencesPart, type Occurrences } from "./occurrence-part.ts";
import { weeksPart } from "./weeks-part.ts";

export function controlPage(frame: Frame, control: ControlSummary, occurrences: Occurrences): string {
  const versions = frame.view.program.controls.filter((one) => one.id === control.id);
  const latest = versions.reduce<ControlVersion | undefined>(
    (last, one) => (last === undefined || one.version > last.version ? one : last),
    undefined,
  );
  const deviations = frame.view.summary.deviations.filter((one) => one.control === control.id);
  return page(
    frame,
    {
      title: `${control.id} ${control.title}`,
      kicker: "Control",
      h1: html`${control.id} ${control.title}`,
    },
    html`<p class="statement">${control.statement}</p>
      <p class="lead">Occurrences by state: ${countsInWords(control.counts)}.</p>
      ${promisePart(frame, control, latest)} ${versionsPart(control)}
      ${control.activities.map((activity) => activityPart(frame, control, activity, versions, occurrences))}
      ${control.activities.some((activity) => activity.nothing !== "no-records") ? legend() : nothing}
      <h2 id="deviations">Deviations</h2>
      ${
        deviations.length === 0
          ? html`<p class="none">No deviation of this control was found.</p>`
          : html`${deviationsTable(
              frame,
              deviations.slice(0, ROWS_MAX),
              counted(deviations.length, "deviation"),
            )}${deviations.length > ROWS_MAX && html`<p>The first ${count(ROWS_MAX)}; the rest stand in ${link(frame, "deviations.html", "Deviations")} and in the spreadsheets.</p>`}`
      }
      ${exceptionsPart(frame, control)} ${weeksSection(frame, control)}
      <p>${link(frame, "index.html", "Back to the operating record")}</p>`,
  );
}

/** A page lists no more than this many occurrences of one kind; the spreadsheets and the JSON list all. */
export const ROWS_MAX = 2_000;

/** Distinct reasons per attribute; there may be as many as items. */
const REASONS_SHOWN = 100;

function promisePart(frame: Frame, control: ControlSummary, latest: ControlVersion | undefined): Markup {
  const { view } = frame;
  const words = new Map(view.criteria.map((criterion) => [criterion.id, criterion.words]));
  const pairs: Pair[] = [
    [
      control.criteria.length === 1 ? "Criterion" : "Criteria",
      join(
        control.criteria.map((id) => html`<p><b>${id}</b> ${words.get(id) ?? ""}</p>`),
        "",
      ),
    ],
    ["Owner’s role", latest?.ownerRole],
    ["Owner", latest?.owner === undefined ? undefined : personInFull(view, latest.owner)],
    ["Procedure", latest?.procedure],
    [
      "Taken from",
      latest?.from === undefined
        ? latest && "the company’s own"
        : html`catalog ${latest.from.catalog},
          ${latest.from.id}${
            latest.from.changed.length > 0
              ? html`; the company changed: ${latest.from.changed.join(", ")}`
              : "; unchanged"
          }`,
    ],
    [
      "Customers ask for it",
      control.askedFirst === undefined ? undefined : `first (place ${control.askedFirst})`,
    ],
  ];
  return facts(pairs, "What the control is");
}

function versionsPart(control: ControlSummary): Markup {
  if (control.versions.length <= 1 && control.notInForce.length === 0) return nothing;
  return html`<h2 id="versions">Versions within the window</h2>
    ${table(
      html`Each version is tested on its own dates <span class="note">inclusive</span>`,
      html`<tr>
        <th scope="col">version</th>
        <th scope="col">in force</th>
        <th scope="col">statement</th>
      </tr>`,
      control.versions.map(
        (one) =>
          html`<tr>
            <th scope="row">${one.version}</th>
            <td>${one.from} through ${one.through}</td>
            <td>${one.statement}</td>
          </tr>`,
      ),
    )}${
      control.notInForce.length > 0 &&
      list(
        control.notInForce.map(
          (gap) => `Not in force from ${gap.from} through ${gap.through}: nothing was owed.`,
        ),
        "",
      )
    }`;
}

function activityPart(
  frame: Frame,
  control: ControlSummary,
  activity: ActivitySummary,
  versions: readonly ControlVersion[],
  occurrences: Occurrences,
): Markup {
  const version = versions.find((one) => one.version === activity.version);
  const defined = version?.activities.find((one) => one.id === activity.id);
  return html`<h2 id="activity-${slug(activity.id)}-${activity.version}">
      ${activityName(control, activity)}
    </h2>
    ${ruleFacts(frame, control, activity, defined)}
    ${
      activity.nothing === "no-records"
        ? html`<p class="none">${activityWords(activity)}</p>`
        : html`${activityTable(frame, control, activity, "all")}${reasonsPart(activity, REASONS_SHOWN)}`
    }
    ${attributesPart(activity)} ${excludedPart(activity)}
    ${occurrencesPart(frame, control, activity, occurrences)}`;
}

function ruleFacts(
  frame: Frame,
  control: ControlSummary,
  activity: ActivitySummary,
  defined: Activity | undefined,
): Markup {
  const use = activity.population;
  const used = use && frame.view.populations.find((one) => one.population.record === use.record);
  return facts(
    [
      ["Owed", defined === undefined ? undefined : owed(defined)],
      ["Evidence", defined?.evidence === "" ? undefined : defined?.evidence],
      [
        "Population",
        use === undefined
          ? undefined
          : html`${link(frame, frame.site.population(use.record), use.population)}:
              ${counted(use.count, "item")} of kind ${use.kind} from
              <bdi>${use.source}</bdi>${use.frozen ? ", frozen" : ", not frozen"}`,
      ],
      ["Extraction", use && extractionClaim(use.extraction)],
      ["Completeness", use && completenessClaim(use.completeness)],
      ["Accuracy", used && accuracyClaim(used)],
      ["Warnings", use && use.warnings.length > 0 ? sentences(use.warnings) : undefined],
    ],
    `How ${activityName(control, activity)} is tested`,
  );
}

const EVERY = {
  day: "day",
  week: "week",
  month: "month",
  quarter: "quarter",
  "half-year": "half-year",
  year: "year",
} as const;

function owed(activity: Activity): Markup {
  switch (activity.kind) {
    case "per-item":
      return html`once per item of the population
      ${activity.population}${
        activity.where !== undefined && html`, where <code>${activity.where}</code>`
      }${activity.termHours !== undefined && html`, within ${counted(activity.termHours, "hour")}`}`;
    case "periodic":
      return html`every
      ${EVERY[activity.every]}${activity.anchor !== undefined && html`, the year starting on ${activity.anchor}`};
      due within ${counted(activity.due.days, `${activity.due.calendar} day`)} of the period’s end`;
    case "state":
      return html`all the time; an observation covers at most
      ${counted(activity.coversHours, "hour")}${
        activity.where !== undefined && html`; observations where <code>${activity.where}</code>`
      }`;
  }
}

function attributesPart(activity: ActivitySummary): Markup {
  if (activity.attributes.length === 0) return nothing;
  return table(
    html`Attributes <span class="note">the words of the statement, and the rule that tests them</span>`,
    html`<tr>
      <th scope="col">attribute</th>
      <th scope="col">words of the statement</th>
      <th scope="col">rule (CEL)</th>
    </tr>`,
    activity.attributes.map(
      (one) =>
        html`<tr>
          <th scope="row">${one.label}</th>
          <td>“${one.words}”</td>
          <td><code>${one.expression}</code></td>
        </tr>`,
    ),
  );
}

function excludedPart(activity: ActivitySummary): Markup {
  if (activity.excluded.length === 0) return nothing;
  return table(
    html`Excluded <span class="note">read, and not owing this activity; beside the total, not in it</span>`,
    html`<tr>
      <th scope="col">reason</th>
      <th scope="col" class="n">items</th>
    </tr>`,
    activity.excluded.map(
      (one) =>
        html`<tr>
          <th scope="row">${one.reason}</th>
          <td class="n">${count(one.count)}</td>
        </tr>`,
    ),
  );
}

/** At the page's end, since it is long: what the strips show, as numbers. */
function weeksSection(frame: Frame, control: ControlSummary): Markup {
  const shown = control.activities.filter((activity) => activity.nothing !== "no-records");
  if (shown.length === 0) return nothing;
  return html`<h2 id="weeks">Weeks as numbers</h2>
    ${shown.map((activity) => weeksPart(frame, control, activity))}`;
}

function exceptionsPart(frame: Frame, control: ControlSummary): Markup {
  const seen = new Set<string>();
  const rows: Markup[] = [];
  for (const deviation of frame.view.summary.deviations) {
    if (deviation.control !== control.id) continue;
    for (const one of deviation.exceptions) {
      if (seen.has(one.record)) continue;
      seen.add(one.record);
      rows.push(
        html`<tr>
          <th scope="row">${one.reason}</th>
          <td>${one.until}</td>
          <td>${one.compensatingControl}</td>
          <td>${personInFull(frame.view, one.approver)}</td>
        </tr>`,
      );
    }
  }
  if (rows.length === 0) return nothing;
  return html`<h2 id="exceptions">Approved exceptions</h2>
    <p>They stand beside the results and change none of them.</p>
    ${table(
      counted(rows.length, "approved exception"),
      html`<tr>
        <th scope="col">reason</th>
        <th scope="col">until</th>
        <th scope="col">compensating control</th>
        <th scope="col">approver</th>
      </tr>`,
      rows,
    )}`;
}
