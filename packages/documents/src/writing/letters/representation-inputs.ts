/**
 * Inputs to the written representations (AT-C 205): all that management knows and must tell the auditor, from the
 * assessment and the registers. Nothing is left out; what is not known is listed as not known.
 */
import { forEach, list, paragraph, type Block, type WrittenDocument } from "../blocks.ts";
import type { FactId } from "../facts.ts";
import { frontFacts } from "../front.ts";
import { found } from "../gathered/assessment-facts.ts";
import { chosen } from "../gathered/keys.ts";
import type { Source } from "../gathered/source.ts";
import { headed, listed, plain, tableOf, written, type Writer } from "../gathered/writer.ts";
import { changeTable, exerciseTable, findingTable, incidentTable } from "./registers.ts";
import { draftNote, signatureBlock } from "./unsigned.ts";

export function representationInputs(source: Source): WrittenDocument {
  return written(
    {
      name: "representation-inputs",
      version: 1,
      title: "Inputs to the written representations: draft",
      write: blocks,
    },
    source,
  );
}

function blocks(writer: Writer): readonly Block[] {
  const { say } = writer;
  return [
    draftNote(writer),
    paragraph(
      say`This lists what is on record of ${frontFacts.organization} and what management must tell the auditor.`,
      say`The assessment that it rests on speaks as of ${found("as-of")}.`,
    ),
    headed(writer, "deviations", "Deviations", [deviations(writer), withdrawn(writer)]),
    headed(writer, "deficiencies", "Controls not as promised, or not known", [
      controls(writer),
      warnings(writer),
    ]),
    headed(writer, "gaps", "Times without records", [gaps(writer)]),
    headed(writer, "incidents", "Incidents and exercises", [
      incidentTable(writer, chosen("incidents", "known"), "known", "No incident is on record."),
      exerciseTable(writer, chosen("incidents", "exercises")),
    ]),
    headed(writer, "findings", "Findings", [
      findingTable(writer, chosen("findings", "known"), "known", "No finding is on record."),
    ]),
    headed(writer, "changes", "Changes", [
      changeTable(writer, chosen("changes", "known"), "known", "No change is on record."),
    ]),
    headed(writer, "subsequent", "After the window", [
      paragraph(
        say`Records made after the window's end that speak of it: ${found("recorded-after-window")}.`,
      ),
      incidentTable(writer, chosen("incidents", "after"), "after", "No incident since is on record."),
      findingTable(writer, chosen("findings", "after"), "after", "No finding since is on record."),
      changeTable(writer, chosen("changes", "after"), "after", "No change since is on record."),
    ]),
    signatureBlock(writer),
  ];
}

function deviations(writer: Writer): Block {
  const { say } = writer;
  return tableOf(writer, found("deviations"), {
    part: "deviations",
    caption: "Every deviation that the assessment finds, whatever was done about it",
    none: "The assessment finds no deviation.",
    heads: [
      ["control", "Control", 2],
      ["what", "Occurrence", 3],
      ["cause", "Cause", 4],
      ["response", "Responses", 4],
      ["exceptions", "Approved exceptions", 3],
    ],
    row: (id) => {
      const of = (member: string): FactId => found("deviations", id, member);
      return [
        [say`${of("control")} ${of("activity")}, version ${of("version")}`],
        [say`${of("occurrence")}: ${of("state")}`, say`At ${of("at")}`],
        say`${of("cause")}`,
        say`${listed(of("responses"), "none recorded")}`,
        say`${listed(of("exceptions"), "none")}`,
      ];
    },
  });
}

function withdrawn(writer: Writer): Block {
  const { say } = writer;
  return tableOf(writer, found("withdrawn"), {
    part: "withdrawn",
    caption: "Findings that were ours and were withdrawn",
    none: "No finding was withdrawn.",
    heads: [
      ["deviation", "Finding", 3],
      ["reason", "Reason", 4],
      ["record", "Record", 2],
    ],
    row: (number) => [
      say`${found("withdrawn", number, "deviation")}`,
      say`${found("withdrawn", number, "reason")}`,
      say`${found("withdrawn", number, "record")}`,
    ],
  });
}

const counted = ["operated", "late", "missed", "deviated", "unknown", "not-due", "not-applicable"] as const;

function controls(writer: Writer): Block {
  const { say } = writer;
  return tableOf(writer, found("controls"), {
    part: "controls",
    caption: "Occurrences by state, of each control of which some did not operate or are not known",
    none: "Of every control, every occurrence that is due operated.",
    heads: [
      ["control", "Control", 3],
      ...counted.map((state): readonly [string, string, number] => [state, state.replace("-", " "), 1]),
      ["not-shown", "Not shown", 4],
    ],
    row: (id) => [
      say`${{ fact: found("controls"), words: () => id }}: ${found("controls", id, "title")}`,
      ...counted.map((state) => say`${found("controls", id, state)}`),
      say`${listed(found("controls", id, "not-shown"), "none")}`,
    ],
  });
}

function warnings(writer: Writer): Block {
  const { facts, say } = writer;
  const all = found("warnings");
  return forEach(facts, all, {
    none: () => plain(writer, all, "The assessment warns of nothing."),
    some: (members) => [list(members.map((words) => say`${{ fact: all, words: () => words }}`))],
  });
}

function gaps(writer: Writer): Block {
  const { say } = writer;
  return tableOf(writer, found("gaps"), {
    part: "gaps",
    caption: "Gaps of sources",
    none: "No source has a gap on record.",
    heads: [
      ["source", "Source", 2],
      ["days", "From and until", 3],
      ["reason", "Reason", 4],
      ["controls", "Controls that it starves", 2],
    ],
    row: (number) => {
      const of = (member: string): FactId => found("gaps", number, member);
      return [
        say`${of("source")}`,
        say`${of("start")} until ${of("end")}`,
        say`${of("reason")}`,
        say`${listed(of("controls"), "none")}`,
      ];
    },
  });
}
