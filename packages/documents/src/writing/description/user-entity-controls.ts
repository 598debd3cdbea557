/** What the company's controls need of others: user entities (CUEC) and subservice organizations (CSOC). */
import { forEach, paragraph, section, type WrittenDocument } from "../blocks.ts";
import { frontFacts } from "../front.ts";
import { chosen, ofThing } from "../gathered/keys.ts";
import type { Source } from "../gathered/source.ts";
import { headed, plain, whenInForce, written, type Writer } from "../gathered/writer.ts";
import { assumedControls, userControls, userResponsibilities } from "./parties.ts";

export function userEntityControls(source: Source): WrittenDocument {
  return written(
    {
      name: "user-entity-controls",
      version: 1,
      title: "Complementary controls of users and of subservice organizations",
      write: blocks,
    },
    source,
  );
}

function blocks(writer: Writer) {
  const { facts, say } = writer;
  const all = chosen("vendors", "subservice");
  return [
    paragraph(
      say`The controls of ${frontFacts.organization} meet its commitments only together with the controls below.`,
    ),
    headed(writer, "user-controls", "Complementary user entity controls", [userControls(writer)]),
    headed(writer, "responsibilities", "Other user responsibilities", [userResponsibilities(writer)]),
    headed(writer, "subservice", "Complementary subservice organization controls", [
      forEach(facts, all, {
        none: () => plain(writer, all, "No vendor is a subservice organization."),
        some: (members) =>
          members.map((key) =>
            section(
              say`${ofThing("vendors", key, "name")}${whenInForce(ofThing("vendors", key, "in-force"))}`,
              [assumedControls(writer, key)],
            ),
          ),
      }),
    ]),
  ];
}
