/**
 * A draft of management's assertion: what it would assert, in the three parts of an examination (AT-C 205), beside what
 * its own assessment counts. Whether it can be asserted is management's to say.
 */
import { given, list, paragraph, type Block, type WrittenDocument } from "../blocks.ts";
import { factId } from "../facts.ts";
import { frontFacts } from "../front.ts";
import { found } from "../gathered/assessment-facts.ts";
import { chosen, ofThing } from "../gathered/keys.ts";
import type { Source } from "../gathered/source.ts";
import { dated, headed, listed, tableOf, worded, written, type Writer } from "../gathered/writer.ts";
import { draftNote, signatureBlock } from "./unsigned.ts";

export function assertionDraft(source: Source): WrittenDocument {
  return written(
    { name: "assertion-draft", version: 1, title: "Management's assertion: draft", write: blocks },
    source,
  );
}

function blocks(writer: Writer): readonly Block[] {
  const { facts, say, words } = writer;
  const { organization, from, through } = frontFacts;
  const type = factId("document", "type");
  return [
    draftNote(writer),
    headed(writer, "scope", "What it is about", [
      paragraph(
        say`It is about the system of ${organization}, and these trust services categories: ${listed(factId("program", "categories"), "none")}.`,
      ),
      given(facts, type, (said) => [
        paragraph(
          said === "type-1"
            ? say`It speaks of ${dated(factId("document", "day"))}.`
            : say`It speaks of ${dated(from)} through ${dated(through)}.`,
        ),
      ]),
    ]),
    headed(writer, "assertions", "What management would assert", [
      given(facts, type, (said) => [
        list(
          [
            words(
              "description",
              "The description presents the system as it was designed and implemented, by the description criteria DC1 to DC9.",
            ),
            words(
              "design",
              "The controls that the description states were suitably designed to give reasonable assurance that the service commitments and system requirements would be achieved by the applicable trust services criteria, if the controls operated effectively and if users and subservice organizations did what is assumed of them.",
            ),
            ...(said === "type-1"
              ? []
              : [
                  words(
                    "operation",
                    "The controls that the description states operated effectively throughout the window, to give that assurance, if users and subservice organizations did what is assumed of them.",
                  ),
                ]),
          ],
          { ordered: true },
        ),
      ]),
    ]),
    headed(writer, "assumed", "What it assumes of others", [
      tableOf(writer, chosen("userControls"), {
        part: "user-controls",
        caption: "Complementary user entity controls",
        none: "Nothing is assumed of users.",
        heads: [["words", "What a user entity does", 1]],
        row: (key) => [say`${ofThing("userControls", key, "words")}`],
      }),
      tableOf(writer, chosen("vendors", "subservice"), {
        part: "subservice",
        caption: "Subservice organizations",
        none: "No vendor is a subservice organization.",
        heads: [
          ["name", "Organization", 2],
          ["method", "Method", 1],
        ],
        row: (key) => [
          say`${ofThing("vendors", key, "name")}`,
          say`${ofThing("vendors", key, "subservice", "method")}`,
        ],
      }),
    ]),
    headed(writer, "basis", "What management has to weigh before it asserts this", [
      paragraph(
        say`Its assessment as of ${found("as-of")} finds ${count("deviations", "deviation", "deviations")}, ${count("gaps", "gap", "gaps")} of sources and ${count("controls", "control", "controls")} of which something was late, missed, deviated, unknown, not applicable or not shown.`,
        words("inputs", "The inputs to the written representations list every one of them."),
      ),
    ]),
    signatureBlock(writer),
  ];
}

function count(what: string, one: string, many: string) {
  return worded(found(what), (value) => {
    const number = (value as readonly string[]).length;
    return `${number} ${number === 1 ? one : many}`;
  });
}
