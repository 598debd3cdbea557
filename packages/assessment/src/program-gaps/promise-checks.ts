/** What is promised, the categories that follow from it, and what users must do for it. */
import { categories } from "@countersign/program";
import type { Check, Found, Seen } from "./model.ts";
import { factOf, listOf, named } from "./seen.ts";

function nothingPromised(seen: Seen): readonly Found[] {
  const { services, commitments } = seen.on;
  if (services.length > 0 && commitments.length > 0) return [];
  const what =
    services.length > 0
      ? `No commitment is named for ${listOf(services.map(named))}.`
      : commitments.length > 0
        ? "Commitments are named, and no service that they are about."
        : "Neither a service nor a commitment is named.";
  return [{ what, facts: ["program/services", "program/commitments"] }];
}

function categoryNotChosen(seen: Seen): readonly Found[] {
  return categories
    .filter((category) => !seen.program.categories.includes(category))
    .flatMap((category) => {
      const promising = seen.on.commitments.filter(({ about }) => about === category);
      if (promising.length === 0) return [];
      return [
        {
          what: `${promising.map(({ id }) => id).join(", ")} ${promising.length === 1 ? "promises" : "promise"} ${category}, and the program leaves that category out.`,
          facts: ["program/categories", ...promising.map((each) => factOf("commitments", each, "about"))],
        },
      ];
    });
}

function categoryWithoutCommitment(seen: Seen): readonly Found[] {
  if (seen.on.commitments.length === 0) return [];
  const promised = new Set(seen.on.commitments.map(({ about }) => about));
  return seen.program.categories
    .filter((category) => !promised.has(category))
    .map((category) => ({
      what: `The program covers ${category}, and nothing that is promised or required is about it.`,
      facts: ["program/categories", "program/commitments"],
    }));
}

function untold(seen: Seen): readonly Found[] {
  return seen.on.userControls
    .filter(({ toldIn }) => toldIn === undefined)
    .map((control) => ({
      what: `Where customers are told of the user entity control ${control.id} is not said.`,
      facts: [factOf("userControls", control, "toldIn")],
    }));
}

function withoutCommitment(seen: Seen): readonly Found[] {
  const promised = new Set(seen.on.commitments.map(({ id }) => id));
  return seen.on.userControls
    .filter(({ commitments }) => !commitments.some((id) => promised.has(id)))
    .map((control) => ({
      what: `No commitment that is in force needs the user entity control ${control.id}.`,
      facts: [factOf("userControls", control, "commitments")],
    }));
}

function withoutCriteria(seen: Seen): readonly Found[] {
  return seen.on.userControls
    .filter(({ criteria }) => criteria.length === 0)
    .map((control) => ({
      what: `Which criteria the user entity control ${control.id} serves is not said.`,
      facts: [factOf("userControls", control, "criteria")],
    }));
}

export const promiseChecks: readonly Check[] = [
  {
    code: "nothing-promised",
    criteria: ["CC2.3", "CC3.1"],
    why: "Controls are judged against what is promised to customers (DC 200, DC2); without it there is nothing to judge.",
    next: "Write `services` and `commitments` in service.yaml, from contracts, SLA and privacy notice.",
    look: nothingPromised,
  },
  {
    code: "category-not-chosen",
    criteria: ["CC2.3", "CC3.1"],
    why: "Customers were promised it, and the report will say nothing of it.",
    next: "Add the category to `categories` in program.yaml, or be ready to say why the promise needs no report.",
    look: categoryNotChosen,
  },
  {
    code: "category-without-commitment",
    criteria: ["CC3.1"],
    why: "Each criterion of the category is tested, and no promise calls for it.",
    next: "Name what is promised about it in service.yaml, or leave the category out.",
    look: categoryWithoutCommitment,
  },
  {
    code: "user-control-untold",
    criteria: ["CC2.3"],
    why: "Nobody does what nobody told them, and the commitment rests on it (DC 200, DC6).",
    next: "Tell customers, and write where under `toldIn` in service.yaml.",
    look: untold,
  },
  {
    code: "user-control-without-commitment",
    criteria: ["CC2.3", "CC3.1"],
    why: "A complementary user entity control is one that a commitment needs; what else users should do is a user responsibility.",
    next: "Name the commitment, or move it to `userResponsibilities`.",
    look: withoutCommitment,
  },
  {
    code: "user-control-without-criteria",
    criteria: ["CC2.3"],
    why: "A reader of the report must see which criteria fail without it.",
    next: "Name them under `criteria` in service.yaml.",
    look: withoutCriteria,
  },
];
