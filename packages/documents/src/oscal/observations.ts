/** What an assessment saw, as OSCAL's observations: one for each control, each deviation and each gap of a source. */
import type {
  ActivitySummary,
  AttributeSummary,
  ControlSummary,
  Deviation,
  Gap,
} from "@countersign/assessment";
import { occurrenceStates } from "@countersign/assessment";
import type { JsonObject } from "@countersign/kernel";
import { countsInWords } from "../html/shapes.ts";
import { bullets, maybe, node, paragraphs, plain, prop } from "./node.ts";
import { organizationUuid, uuids } from "./source.ts";
import type { OscalRun } from "./run.ts";

export function controlObservationUuid({ source, run }: OscalRun, control: string): string {
  return uuids(source)("runs", run, "controls", control);
}

export function deviationUuid({ source, run }: OscalRun, deviation: string, part: string): string {
  return uuids(source)("runs", run, "deviations", deviation, part);
}

/** Management's own: nobody else looked. */
export function originOf({ source }: OscalRun): readonly JsonObject[] {
  return [{ actors: [{ type: "party", "actor-uuid": organizationUuid(source) }] }];
}

function subjectsOf({ source }: OscalRun, control: string): readonly JsonObject[] {
  return [{ "subject-uuid": uuids(source)("program", "controls", control), type: "component" }];
}

export function controlObservation(run: OscalRun, control: ControlSummary): JsonObject {
  const { id, title, counts, activities } = control;
  const expected = activities.reduce((sum, activity) => sum + activity.expected, 0);
  return node({
    uuid: controlObservationUuid(run, id),
    title: plain(`${id} ${title}`),
    description: paragraphs(
      `${expected} expected occurrences: ${countsInWords(counts)}.`,
      ...activities.map(activityText),
    ),
    props: [
      prop("control", id),
      prop("expected", expected),
      ...occurrenceStates.map((state) => prop(`count-${state}`, counts[state])),
    ],
    methods: ["EXAMINE"],
    types: ["control-objective"],
    origins: [...originOf(run)],
    subjects: [...subjectsOf(run, id)],
    collected: run.recordedAt,
  });
}

function activityText(activity: ActivitySummary): string {
  const { id, title, version, kind, expected, counts, attributes, population, excluded } = activity;
  return paragraphs(
    `${plain(title)} (${plain(id)}, version ${version}, ${kind}): ${expected} expected, ${countsInWords(counts)}.`,
    bullets([
      ...(population === undefined
        ? []
        : [
            `population ${plain(population.population)}: ${population.count} items, read ${population.extraction.state}, completeness ${population.completeness.state}`,
          ]),
      ...excluded.map(({ reason, count }) => `${count} excluded: ${plain(reason)}`),
      ...attributes.flatMap(attributeWords),
    ]),
  );
}

function attributeWords({
  label,
  operated,
  deviated,
  unknown,
  notApplicable,
  unknowns,
}: AttributeSummary): readonly string[] {
  return [
    `${plain(label)}: ${operated} operated, ${deviated} deviated, ${unknown} unknown, ${notApplicable} not applicable`,
    ...unknowns.map(
      ({ reason, detail, suppliedBy, count }) =>
        `${plain(label)}, ${count} unknown (${reason}): ${plain(detail)}${suppliedBy === undefined ? "" : `; it would come from ${plain(suppliedBy)}`}`,
    ),
  ];
}

/** Without the person and the item's title: both may name somebody, and `countersign explain` shows them. */
export function deviationObservation(run: OscalRun, deviation: Deviation): JsonObject {
  const { id, control, version, activity, attribute, occurrence, at, state, cause } = deviation;
  return node({
    uuid: deviationUuid(run, id, "observation"),
    title: plain(`Deviation ${id} of ${control}`),
    description: paragraphs(
      `${plain(occurrence)} at ${at}: ${state}. ${plain(cause)}`,
      `Activity ${plain(activity)}${attribute === undefined ? "" : `, attribute ${plain(attribute)}`}, version ${version} of the control.`,
    ),
    props: [
      prop("deviation", id),
      prop("control", control),
      prop("control-version", version),
      prop("activity", activity),
      ...maybe("attribute", attribute),
      prop("occurrence", occurrence),
      prop("occurred-at", at),
      prop("state", state),
    ],
    methods: ["EXAMINE"],
    types: ["finding"],
    origins: [...originOf(run)],
    subjects: [...subjectsOf(run, control)],
    collected: run.recordedAt,
  });
}

export function gapObservation(run: OscalRun, { source, start, end, reason, controls }: Gap): JsonObject {
  return node({
    uuid: uuids(run.source)("runs", run.run, "gaps", source, start, end, reason),
    title: plain(`Gap of the source ${source}`),
    description: `No records from ${start} to ${end}: ${plain(reason)}. It makes nothing operated and nothing deviated.`,
    props: [
      prop("gap-source", source),
      prop("gap-start", start),
      prop("gap-end", end),
      ...controls.map((control) => prop("control", control)),
    ],
    methods: ["EXAMINE"],
    types: ["discovery"],
    origins: [...originOf(run)],
    subjects: controls.flatMap((control) => subjectsOf(run, control)),
    collected: run.recordedAt,
  });
}

/** One risk for each deviation. It stays open whatever was done since: remediation never removes a deviation. */
export function deviationRisk(run: OscalRun, deviation: Deviation): JsonObject {
  const { id, control, cause, responses, exceptions } = deviation;
  const acted = responses.some((response) => response.correctiveAction !== undefined);
  return node({
    uuid: deviationUuid(run, id, "risk"),
    title: plain(`Deviation ${id} of ${control}`),
    description: plain(cause),
    statement:
      "Not said: what the deviation puts at risk. It did not operate as the control's statement says; how far that matters is not for the tool to say.",
    props: [prop("deviation", id), prop("control", control)],
    status: acted ? "remediating" : "open",
    origins: [...originOf(run)],
    "mitigating-factors": exceptions.map(({ record, reason, until, compensatingControl, approver }) =>
      node({
        uuid: uuids(run.source)("runs", run.run, "deviations", id, "exceptions", record),
        description: paragraphs(
          `Approved exception until ${until}: ${plain(reason)}`,
          `Compensating control: ${plain(compensatingControl)}. It stands beside the deviation and changes nothing about it.`,
        ),
        props: [prop("record", record), prop("approver", approver)],
      }),
    ),
    remediations: responses.map(({ record, cause: said, response, correctiveAction, retest, at }) =>
      node({
        uuid: uuids(run.source)("runs", run.run, "deviations", id, "responses", record),
        lifecycle:
          correctiveAction === undefined ? "responded" : retest === undefined ? "planned" : "completed",
        title: `Management's response of ${at}`,
        description: paragraphs(
          `Cause: ${plain(said)}`,
          `Response: ${plain(response)}`,
          correctiveAction === undefined ? undefined : `Corrective action: ${plain(correctiveAction)}`,
          retest === undefined ? undefined : `Retest: ${plain(retest)}`,
        ),
        props: [prop("record", record), prop("responded-at", at)],
      }),
    ),
    "related-observations": [{ "observation-uuid": deviationUuid(run, id, "observation") }],
  });
}
