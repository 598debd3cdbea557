/** Management's attributes: which words of a statement each tests, by which rule, over which population. No results. */
import { forEach, paragraph, section, table, type Cell, type WrittenDocument } from "../blocks.ts";
import { type FactId, type Facts } from "../facts.ts";
import { writtenDocument } from "../front.ts";
import { controlFact, controlsFact } from "../gathered/keys.ts";
import type { Source } from "../gathered/source.ts";
import { exactly, listed, resting, sayer, template, type NonEmpty, type Said } from "../sentences.ts";

const t = template("attribute-matrix", 1);

export function attributeMatrix(source: Source): WrittenDocument {
  const { facts } = source;
  const say = sayer(facts);
  return writtenDocument(
    {
      template: t,
      title: "Management's attribute matrix",
      ...source,
      landscape: true,
    },
    [
      section(t.words("about", "About this matrix"), [
        paragraph(
          t.words(
            "what",
            "An attribute is some words of a control's statement, and the rule that tests them on one item of the population.",
          ),
          t.words(
            "no-results",
            "The attributes are management's own; their results are in the operating record.",
          ),
        ),
      ]),
      section(t.words("attributes", "Attributes"), [
        forEach(facts, controlsFact, {
          none: () => say`${resting(controlsFact)}The program has no control.`,
          some: (controls: NonEmpty<string>) => [
            table(
              t.words("caption", "Attributes of each control"),
              [
                { head: t.words("control", "Control"), width: 1.1, names: true },
                { head: t.words("version", "Version"), width: 0.9, number: true },
                { head: t.words("activity", "Activity"), width: 1.8 },
                { head: t.words("attribute", "Attribute"), width: 1.8 },
                { head: t.words("words", "Words of the statement"), width: 2.6 },
                { head: t.words("expression", "Rule"), width: 3.4 },
                { head: t.words("population", "Population"), width: 1.3 },
                { head: t.words("frequency", "Frequency"), width: 1.3 },
              ],
              controls.flatMap((name) => rowsOf(facts, name)),
            ),
          ],
        }),
      ]),
    ],
  );
}

type Row = readonly (Said | Cell)[];

/** A control without activities, and an activity without attributes, has a row that says so: it must not be overlooked. */
function rowsOf(facts: Facts, name: string): readonly Row[] {
  const say = sayer(facts);
  const none = t.words("none", "–");
  const own = [say`${controlFact(name, "id")}`, say`${controlFact(name, "version")}`] as const;
  const activities = controlFact(name, "activities");
  const ids = membersOf(facts, activities);
  if (ids.length === 0)
    return [[...own, say`${listed(activities, "no activity")}`, none, none, none, none, none]];
  return ids.flatMap((activity): readonly Row[] => {
    const of = (...path: readonly string[]): FactId => controlFact(name, "activities", activity, ...path);
    const title = say`${of("title")}${resting(activities)}`;
    const end = [say`${of("population")}`, say`${of("owed")}`] as const;
    const attributes = membersOf(facts, of("attributes"));
    if (attributes.length === 0)
      return [[...own, title, say`${listed(of("attributes"), "no attribute")}`, none, none, ...end]];
    return attributes.map((id) => [
      ...own,
      title,
      say`${of("attributes", id, "label")}${resting(of("attributes"))}`,
      say`${of("attributes", id, "words")}`,
      say`${exactly(of("attributes", id, "expression"))}`,
      ...end,
    ]);
  });
}

function membersOf(facts: Facts, fact: FactId): readonly string[] {
  const { value } = facts.find(fact);
  return typeof value === "object" ? value : [];
}
