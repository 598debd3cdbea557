/** DC5 and DC8: the criteria with the controls for them, and those judged not relevant. Never a test or its result. */
import type { Section } from "../blocks.ts";
import { factId } from "../facts.ts";
import { chosen, ofThing } from "../gathered/keys.ts";
import { headed, listed, tableOf, whenInForce, type Writer } from "../gathered/writer.ts";

export function criteriaAndControls(writer: Writer): Section {
  const { say } = writer;
  const criteria = chosen("criteria");
  return headed(writer, "dc5", "DC5: Criteria and controls", [
    headed(writer, "dc5-criteria", "Criteria", [
      tableOf(writer, criteria, {
        part: "criteria",
        caption: "The criteria in our own words, and the controls that answer them",
        none: "There is no criterion.",
        heads: [
          ["id", "Criterion", 1],
          ["words", "In our own words", 5],
          ["answer", "Controls", 3],
        ],
        row: (id) => [
          say`${{ fact: criteria, words: () => id }}`,
          say`${factId("catalog", "criteria", id, "words")}`,
          say`${listed(chosen("criteria", id, "answer"), "none")}`,
        ],
      }),
    ]),
    headed(writer, "dc5-controls", "Controls", [
      tableOf(writer, chosen("controls"), {
        part: "controls",
        caption: "The controls in force in the window",
        none: "There is no control.",
        heads: [
          ["id", "Control", 3],
          ["statement", "Statement", 6],
          ["criteria", "Criteria", 2],
          ["owner", "Answers for it", 3],
        ],
        row: (key) => {
          const of = (name: string) => ofThing("controls", key, name);
          return [
            say`${{ fact: chosen("controls"), words: () => key.replace(/@[^@]*$/, "") }}: ${of("title")}${whenInForce(of("in-force-in-window"))}`,
            say`${of("statement")}`,
            say`${listed(of("criteria"), "none")}`,
            say`${of("owner")}`,
          ];
        },
      }),
    ]),
  ]);
}

export function notRelevant(writer: Writer): Section {
  const { say } = writer;
  const all = factId("program", "notRelevant");
  return headed(writer, "dc8", "DC8: Criteria that are not relevant", [
    tableOf(writer, all, {
      part: "not-relevant",
      caption: "Criteria judged not relevant",
      none: "No criterion of the categories covered was judged not relevant.",
      heads: [
        ["id", "Criterion", 1],
        ["why", "Why", 6],
      ],
      row: (id) => [
        say`${{ fact: all, words: () => id }}`,
        say`${factId("program", "notRelevant", id, "reason")}`,
      ],
    }),
  ]);
}
