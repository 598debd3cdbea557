/**
 * A draft of a bridge letter: management's word on the days since the last window ended. It names what is known, and what
 * nobody has decided is a hole; "no material change" is never said for anybody.
 */
import { paragraph, type Block, type WrittenDocument } from "../blocks.ts";
import { factId } from "../facts.ts";
import { frontFacts } from "../front.ts";
import { chosen, ofThing } from "../gathered/keys.ts";
import { lastReportDate, type Source } from "../gathered/source.ts";
import { dated, headed, tableOf, written, type Writer } from "../gathered/writer.ts";
import { decision } from "./registers.ts";
import { draftNote, signatureBlock } from "./unsigned.ts";

export function bridgeLetter(source: Source): WrittenDocument {
  return written({ name: "bridge-letter", version: 1, title: "Bridge letter: draft", write: blocks }, source);
}

function blocks(writer: Writer): readonly Block[] {
  const { say, words } = writer;
  const { organization, from, through } = frontFacts;
  return [
    draftNote(writer),
    headed(writer, "period", "What it bridges", [
      paragraph(
        say`The last window of ${organization} is ${dated(from)} through ${dated(through)}.`,
        say`The auditor's report on it is dated ${dated(lastReportDate)}.`,
        say`This letter speaks of the days after ${dated(through)} through ${dated(factId("document", "day"))}.`,
      ),
      paragraph(
        words(
          "management",
          "It is management's own word. No auditor has examined these days, and it is not a substitute for a report on them.",
        ),
      ),
    ]),
    headed(writer, "changes", "Changes since", [
      tableOf(writer, chosen("changes", "after"), {
        part: "changes",
        caption: "Changes since the window ended",
        none: "No change since is on record.",
        heads: [
          ["on", "Day", 2],
          ["words", "What changed", 6],
          ["decision", "Decision", 2],
        ],
        row: (key) => {
          const of = (...path: readonly string[]) => ofThing("changes", key, ...path);
          return [
            say`${dated(of("on"))}`,
            say`${of("words")}`,
            say`${decision(of("disclosure", "significant"))}`,
          ];
        },
      }),
    ]),
    headed(writer, "incidents", "Incidents since", [
      tableOf(writer, chosen("incidents", "after"), {
        part: "incidents",
        caption: "Incidents since the window ended",
        none: "No incident since is on record.",
        heads: [
          ["on", "Detected", 2],
          ["words", "Incident", 6],
          ["decision", "Decision", 2],
        ],
        row: (key) => {
          const of = (...path: readonly string[]) => ofThing("incidents", key, ...path);
          return [
            say`${dated(of("detectedOn"))}`,
            say`${of("title")}`,
            say`${decision(of("disclosure", "significant"))}`,
          ];
        },
      }),
    ]),
    headed(writer, "user-controls", "What users go on doing", [
      tableOf(writer, chosen("userControls"), {
        part: "user-controls",
        caption: "Complementary user entity controls",
        none: "No commitment depends on a control of users.",
        heads: [["words", "What a user entity does", 1]],
        row: (key) => [say`${ofThing("userControls", key, "words")}`],
      }),
    ]),
    signatureBlock(writer),
  ];
}
