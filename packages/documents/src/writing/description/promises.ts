/** DC1 and DC2: what customers buy, and what they are promised (DC 200, 2018). */
import { forEach, list, paragraph, type Section } from "../blocks.ts";
import { factId } from "../facts.ts";
import { frontFacts } from "../front.ts";
import { chosen, ofThing } from "../gathered/keys.ts";
import { headed, listed, resting, spaced, tableOf, whenInForce, type Writer } from "../gathered/writer.ts";

export function services(writer: Writer): Section {
  const { facts, say } = writer;
  const all = chosen("services");
  return headed(writer, "dc1", "DC1: Services provided", [
    forEach(facts, all, {
      none: () => say`${frontFacts.organization} provides no service${resting(all)}.`,
      some: (members) => [
        paragraph(say`${frontFacts.organization} provides the services below.`),
        list(
          members.map((key) => {
            const of = (name: string) => ofThing("services", key, name);
            return [
              say`${of("name")}${whenInForce(of("in-force"))}: sold as ${spaced(of("kind"))}.`,
              say`${of("words")}`,
            ];
          }),
        ),
      ],
    }),
  ]);
}

export function commitments(writer: Writer): Section {
  const { say } = writer;
  const all = chosen("commitments");
  return headed(writer, "dc2", "DC2: Principal service commitments and system requirements", [
    paragraph(
      say`The report covers these trust services categories: ${listed(factId("program", "categories"), "none")}.`,
    ),
    tableOf(writer, all, {
      part: "commitments",
      caption: "Commitments and requirements",
      none: "There is no service commitment and no system requirement.",
      heads: [
        ["id", "Id", 2],
        ["kind", "Kind", 2],
        ["words", "What is promised or required", 6],
        ["about", "Category", 2],
        ["said", "Said in", 3],
      ],
      row: (key) => {
        const of = (name: string) => ofThing("commitments", key, name);
        return [
          say`${{ fact: all, words: () => key.replace(/@[^@]*$/, "") }}${whenInForce(of("in-force"))}`,
          say`${spaced(of("kind"))}`,
          say`${of("words")}`,
          say`${spaced(of("about"))}`,
          [say`${spaced(of("saidIn"))}`, say`${of("reference")}`],
        ];
      },
    }),
  ]);
}
