/** Tables of the registers, with the decisions that were taken and those that were not. */
import type { Block } from "../blocks.ts";
import type { FactId } from "../facts.ts";
import { ofThing } from "../gathered/keys.ts";
import type { Reference } from "../sentences.ts";
import { dated, spaced, tableOf, worded, type Writer } from "../gathered/writer.ts";

export function incidentTable(writer: Writer, all: FactId, part: string, none: string): Block {
  const { say } = writer;
  return tableOf(writer, all, {
    part: `incidents-${part}`,
    caption: "Incidents",
    none,
    heads: [
      ["title", "Incident", 4],
      ["detected", "Detected", 2],
      ["resolved", "Resolved", 2],
      ["severity", "Severity", 1],
      ["decision", "Decision", 3],
    ],
    row: (key) => {
      const of = (...path: readonly string[]) => ofThing("incidents", key, ...path);
      return [
        say`${of("title")}`,
        say`${dated(of("detectedOn"))}`,
        say`${dated(of("resolvedOn"))}`,
        say`${of("severity")}`,
        [
          say`${decision(of("disclosure", "significant"))}`,
          say`${of("disclosure", "by")} on ${dated(of("disclosure", "on"))}: ${of("disclosure", "reason")}`,
        ],
      ];
    },
  });
}

export function findingTable(writer: Writer, all: FactId, part: string, none: string): Block {
  const { say } = writer;
  return tableOf(writer, all, {
    part: `findings-${part}`,
    caption: "Findings",
    none,
    heads: [
      ["title", "Finding", 4],
      ["by", "Found by", 2],
      ["on", "Found", 2],
      ["fixed", "Fixed", 2],
      ["retested", "Retested", 3],
    ],
    row: (key) => {
      const of = (name: string) => ofThing("findings", key, name);
      return [
        say`${of("title")} (${of("severity")})`,
        say`${spaced(of("foundBy"))}`,
        say`${dated(of("foundOn"))}`,
        say`${dated(of("fixedOn"))}`,
        say`${dated(of("retestedOn"))} by ${of("retestedBy")}`,
      ];
    },
  });
}

export function changeTable(writer: Writer, all: FactId, part: string, none: string): Block {
  const { say } = writer;
  return tableOf(writer, all, {
    part: `changes-${part}`,
    caption: "Changes",
    none,
    heads: [
      ["words", "Change", 5],
      ["on", "Day", 2],
      ["decision", "Decision", 4],
    ],
    row: (key) => {
      const of = (...path: readonly string[]) => ofThing("changes", key, ...path);
      return [
        say`${of("words")}`,
        say`${dated(of("on"))}`,
        [
          say`${decision(of("disclosure", "significant"))}`,
          say`${of("disclosure", "by")} on ${dated(of("disclosure", "on"))}: ${of("disclosure", "reason")}`,
        ],
      ];
    },
  });
}

/** No decision is asked for: an exercise broke no commitment. */
export function exerciseTable(writer: Writer, all: FactId): Block {
  const { say } = writer;
  return tableOf(writer, all, {
    part: "exercises",
    caption: "Exercises",
    none: "No exercise is on record.",
    heads: [
      ["title", "Exercise", 4],
      ["on", "Day", 2],
    ],
    row: (key) => [
      say`${ofThing("incidents", key, "title")}`,
      say`${dated(ofThing("incidents", key, "detectedOn"))}`,
    ],
  });
}

export function decision(fact: FactId): Reference {
  return worded(fact, (value) => (value === true ? "significant" : "not significant"));
}
