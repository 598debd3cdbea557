/** OSCAL's assessment results: management's own assessment, with its counts, what is unknown, and every deviation. */
import type { ControlSummary, Summary } from "@countersign/assessment";
import { epochOf, type Instant, type JsonObject } from "@countersign/kernel";
import { countsInWords } from "../html/shapes.ts";
import { criteriaInScope } from "./answers.ts";
import { bullets, node, OSCAL_NS, paragraphs, plain, prop } from "./node.ts";
import { objectiveOf } from "./objective.ts";
import {
  controlObservation,
  controlObservationUuid,
  deviationObservation,
  deviationRisk,
  deviationUuid,
  gapObservation,
  originOf,
} from "./observations.ts";
import type { OscalRun } from "./run.ts";
import { metadataOf, SAMPLE_MARK, uuids } from "./source.ts";

const NOT_AN_OPINION =
  "Management's own assessment of its records. It is no auditor's conclusion, and nothing in it is one.";

export function assessmentResults(run: OscalRun): JsonObject {
  const { source, summary } = run;
  const uuid = uuids(source);
  const plan = uuid("runs", run.run, "plan");
  return {
    "assessment-results": node({
      uuid: uuid("oscal", "assessment-results", run.record),
      metadata: metadataOf(source, {
        title: "Assessment results",
        lastModified: run.recordedAt,
        version: run.run,
        props: [
          prop("run", run.run),
          prop("run-record", run.record),
          prop("as-of", summary.asOf),
          prop("mode", summary.mode),
          prop("rules", summary.rules),
        ],
        people: [],
        remarks: paragraphs(
          "Counts stand as properties of each control's observation. A finding is satisfied only where the records show every occurrence of the whole window; what is unknown is never operated and never deviated.",
        ),
      }),
      "import-ap": {
        href: `#${plan}`,
        remarks:
          "There is no OSCAL assessment plan: what is owed and tested follows from the program and its rules.",
      },
      "local-definitions": { "objectives-and-methods": summary.controls.flatMap(objective) },
      results: [resultOf(run)],
      "back-matter": { resources: [planResource(run, plan)] },
    }),
  };
}

function planResource({ source, summary }: OscalRun, uuid: string): JsonObject {
  return node({
    uuid,
    title: "The program and the rules",
    description:
      "What was assessed, in place of an assessment plan: the activities and attributes of the recorded program, read by the rules of the named version. The audit package holds both.",
    props: [prop("program-digest", source.digest), prop("rules", summary.rules)],
  });
}

/** The control's statement, under the first criterion that it serves; the others are properties. */
function objective(control: ControlSummary): readonly JsonObject[] {
  const { id, title, criteria, versions, statement } = control;
  // OSCAL hangs an objective on what a catalog asks for; a control that serves nothing of it has none to hang on.
  const first = criteria[0] ?? "none";
  const statements = versions.map((version) =>
    versions.length === 1
      ? plain(version.statement)
      : `From ${version.from} through ${version.through}: ${plain(version.statement)}`,
  );
  return [
    node({
      "control-id": first,
      props: [prop("control", id), ...criteria.map((criterion) => prop("criterion", criterion))],
      parts: [
        node({
          id,
          name: "objective",
          ns: OSCAL_NS,
          title: plain(title),
          prose: statements.length === 0 ? plain(statement) : paragraphs(...statements),
        }),
      ],
    }),
  ];
}

function resultOf(run: OscalRun): JsonObject {
  const { source, summary } = run;
  const { start, end } = extent(summary);
  const { controls, deviations, gaps, warnings, withdrawn = [], recordedAfterWindow } = summary;
  const { window } = summary;
  return node({
    uuid: uuids(source)("runs", run.run),
    title: plain(
      `${summary.sampleData ? "SAMPLE DATA: " : ""}Assessment of ${window.from} through ${window.through} as of ${summary.asOf}`,
    ),
    description: paragraphs(summary.sampleData ? SAMPLE_MARK : undefined, NOT_AN_OPINION, totals(summary)),
    start,
    end,
    props: [
      prop("run", run.run),
      prop("controls", controls.length),
      prop("deviations", deviations.length),
      prop("gaps", gaps.length),
      prop("withdrawn", withdrawn.length),
      prop("recorded-after-window", recordedAfterWindow),
      ...warnings.map((warning) => prop("warning", warning)),
      ...withdrawn.map(({ deviation, reason, stillFound }) =>
        prop(
          "withdrawn-deviation",
          deviation,
          `${plain(reason)}${stillFound ? " (this run finds it all the same)" : ""}`,
        ),
      ),
    ],
    "local-definitions":
      controls.length === 0 ? undefined : { components: controls.map((control) => component(run, control)) },
    "reviewed-controls": reviewed(run),
    observations: [
      ...controls.map((control) => controlObservation(run, control)),
      ...deviations.map((deviation) => deviationObservation(run, deviation)),
      ...gaps.map((gap) => gapObservation(run, gap)),
    ],
    risks: deviations.map((deviation) => deviationRisk(run, deviation)),
    findings: controls.map((control) => finding(run, control)),
    remarks: NOT_AN_OPINION,
  });
}

/** The part of the window of which the results speak; as of a date, that instant. */
function extent({ mode, window, asOf }: Summary): { readonly start: Instant; readonly end: Instant } {
  if (mode === "as-of") return { start: asOf, end: asOf };
  const end = epochOf(asOf) < epochOf(window.end) ? asOf : window.end;
  return { start: window.start, end: epochOf(end) < epochOf(window.start) ? window.start : end };
}

function totals({ controls, deviations }: Summary): string {
  return `${controls.length} controls, ${deviations.length} deviations. Each control's counts by state stand in its observation.`;
}

function component({ source }: OscalRun, { id, title, statement }: ControlSummary): JsonObject {
  return node({
    uuid: uuids(source)("program", "controls", id),
    type: "process-procedure",
    title: plain(`${id} ${title}`),
    description: plain(statement),
    props: [prop("kind", "control"), prop("control", id)],
    status: {
      state: "other",
      remarks: "What operated and what did not stands in the observations and findings.",
    },
  });
}

/** Criteria that an assessed control serves; with none, all are left out again, since OSCAL has no empty selection. */
function reviewed({ source, summary }: OscalRun): JsonObject {
  const served = new Set(summary.controls.flatMap(({ criteria }) => criteria));
  const scope = criteriaInScope(source);
  const ids = (list: readonly string[]): JsonObject[] => list.map((id) => ({ "control-id": id }));
  const seen = [...new Set([...scope.filter((id) => served.has(id)), ...served])];
  const left = scope.filter((id) => !served.has(id));
  return {
    description:
      "Criteria that an assessed control of the company serves. The controls were assessed, the criteria were not: whether they are met is the auditor's to say.",
    "control-selections": [
      seen.length === 0
        ? {
            "include-controls": ids(scope),
            "exclude-controls": ids(scope),
            remarks: "No control was assessed.",
          }
        : node({
            "include-controls": ids(seen),
            remarks:
              left.length === 0
                ? undefined
                : `In scope, and served by no control that was assessed: ${left.join(", ")}.`,
          }),
    ],
  };
}

function finding(run: OscalRun, control: ControlSummary): JsonObject {
  const { source, summary } = run;
  const { id, title, criteria, counts } = control;
  const { state, reason, because } = objectiveOf(control, summary);
  const own = summary.deviations.filter((deviation) => deviation.control === id);
  return node({
    uuid: uuids(source)("runs", run.run, "controls", id, "finding"),
    title: plain(`${id} ${title}`),
    description: paragraphs(`${countsInWords(counts)}.`, bullets(because.map(plain))),
    props: [prop("control", id), ...criteria.map((criterion) => prop("criterion", criterion))],
    origins: [...originOf(run)],
    target: node({
      type: "objective-id",
      "target-id": id,
      title: plain(title),
      status: node({
        state,
        reason,
        remarks:
          state === "satisfied"
            ? `Every occurrence that was owed in the whole window operated as the rules read the records; where a list was tested, a second source agrees with it. ${NOT_AN_OPINION}`
            : paragraphs(bullets(because.map(plain)), NOT_AN_OPINION),
      }),
    }),
    "related-observations": [
      { "observation-uuid": controlObservationUuid(run, id) },
      ...own.map((deviation) => ({ "observation-uuid": deviationUuid(run, deviation.id, "observation") })),
    ],
    "related-risks": own.map((deviation) => ({ "risk-uuid": deviationUuid(run, deviation.id, "risk") })),
  });
}
