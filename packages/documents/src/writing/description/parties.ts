/** DC6 and DC7: what is left to users, and what is left to subservice organizations. */
import { forEach, list, paragraph, type Block } from "../blocks.ts";
import { factId } from "../facts.ts";
import { chosen, ofThing } from "../gathered/keys.ts";
import {
  dated,
  headed,
  listed,
  plain,
  spaced,
  tableOf,
  whenInForce,
  type Writer,
} from "../gathered/writer.ts";

export function userControls(writer: Writer): Block {
  const { say } = writer;
  return tableOf(writer, chosen("userControls"), {
    part: "user-controls",
    caption: "Complementary user entity controls",
    none: "No commitment depends on a control of users.",
    heads: [
      ["words", "What a user entity does", 5],
      ["criteria", "Criteria", 2],
      ["commitments", "Commitments", 2],
      ["told", "Where users are told", 3],
    ],
    row: (key) => {
      const of = (name: string) => ofThing("userControls", key, name);
      return [
        say`${of("words")}${whenInForce(of("in-force"))}`,
        say`${listed(of("criteria"), "none")}`,
        say`${listed(of("commitments"), "none")}`,
        say`${of("toldIn")}`,
      ];
    },
  });
}

export function userResponsibilities(writer: Writer): Block {
  const { say } = writer;
  return tableOf(writer, chosen("userResponsibilities"), {
    part: "user-responsibilities",
    caption: "Other user responsibilities, on which no commitment depends",
    none: "There is no other user responsibility.",
    heads: [
      ["words", "What a user does or does not do", 6],
      ["told", "Where users are told", 3],
    ],
    row: (key) => {
      const of = (name: string) => ofThing("userResponsibilities", key, name);
      return [say`${of("words")}${whenInForce(of("in-force"))}`, say`${of("toldIn")}`];
    },
  });
}

export function subserviceOrganizations(writer: Writer): readonly Block[] {
  const { facts, say } = writer;
  const all = chosen("vendors", "subservice");
  const undecided = chosen("vendors", "undecided");
  const answered = factId("program", "subservice");
  return [
    headed(writer, "dc7-answered", "Criteria that they answer", [
      forEach(facts, answered, {
        none: () => plain(writer, answered, "No criterion is answered by a subservice organization alone."),
        some: () => [paragraph(say`${listed(answered, "none")}.`)],
      }),
    ]),
    headed(writer, "dc7-undecided", "Vendors not decided on", [
      forEach(facts, undecided, {
        none: () =>
          plain(writer, undecided, "Of every vendor it is decided whether it is a subservice organization."),
        some: (members) =>
          members.map((key) =>
            paragraph(
              say`${ofThing("vendors", key, "name")}: ${ofThing("vendors", key, "subservice", "is")}`,
            ),
          ),
      }),
    ]),
    headed(writer, "dc7-each", "Each organization", [
      forEach(facts, all, {
        none: () => plain(writer, all, "No vendor is a subservice organization."),
        some: (members) => members.map((key) => organization(writer, key)),
      }),
    ]),
  ];
}

function organization(writer: Writer, key: string): Block {
  const { say } = writer;
  const of = (...path: readonly string[]) => ofThing("vendors", key, "subservice", ...path);
  return {
    kind: "section",
    heading: say`${ofThing("vendors", key, "name")}${whenInForce(ofThing("vendors", key, "in-force"))}`,
    blocks: [
      list([
        say`Method: ${of("method")}`,
        say`Services: ${of("services")}`,
        say`Criteria affected: ${listed(of("criteria"), "none")}`,
        say`Why it is a subservice organization: ${of("why")}`,
      ]),
      assumedControls(writer, key),
      ...monitoring(writer, key),
    ],
  };
}

export function assumedControls(writer: Writer, key: string): Block {
  const { say } = writer;
  const of = (...path: readonly string[]) => ofThing("vendors", key, "subservice", ...path);
  return tableOf(writer, of("controls"), {
    part: "assumed",
    caption: "Complementary subservice organization controls",
    none: "No control of it is assumed.",
    heads: [
      ["id", "Id", 2],
      ["words", "What is assumed", 5],
      ["criteria", "Criteria", 2],
      ["watched", "Watched by", 2],
    ],
    row: (id) => [
      say`${of("controls", id, "id")}`,
      say`${of("controls", id, "words")}`,
      say`${listed(of("controls", id, "criteria"), "none")}`,
      say`${of("controls", id, "monitoredBy")}`,
    ],
  });
}

function monitoring(writer: Writer, key: string): readonly Block[] {
  const { facts, say } = writer;
  const reviews = chosen("vendorReviews", key.replace(/@.*$/, ""));
  return [
    forEach(facts, reviews, {
      none: () => plain(writer, reviews, "It was not reviewed."),
      some: (members) =>
        members.map((review) => {
          const of = (...path: readonly string[]) => ofThing("vendorReviews", review, ...path);
          return paragraph(
            say`${of("by")} reviewed it on ${dated(of("on"))}.`,
            say`Its own report read for that: ${spaced(of("report", "kind"))}, through ${dated(of("report", "through"))}.`,
          );
        }),
    }),
  ];
}
