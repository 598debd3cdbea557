/** Criteria and the controls that serve them. Never results: whether controls operated is in the operating record. */
import {
  forEach,
  paragraph,
  section,
  table,
  type Block,
  type WrittenDocument,
  type Cell,
} from "../blocks.ts";
import { factId, type FactId, type Facts } from "../facts.ts";
import { writtenDocument } from "../front.ts";
import { categoriesFact, controlFact, controlsFact, criteriaOf, criterionFact } from "../gathered/keys.ts";
import type { Source } from "../gathered/source.ts";
import { exactly, listed, resting, sayer, template, worded, type NonEmpty, type Said } from "../sentences.ts";

const t = template("criteria-matrix", 1);

export function criteriaMatrix(source: Source): WrittenDocument {
  const { facts } = source;
  const say = sayer(facts);
  return writtenDocument(
    {
      template: t,
      title: "Criteria and controls",
      ...source,
      landscape: true,
    },
    [
      section(t.words("about", "About this matrix"), [
        paragraph(
          say`The program reports on ${listed(categoriesFact, "no category")}.`,
          t.words(
            "paraphrase",
            "Criteria stand here by their ids, with words of our own; the criteria's text is the AICPA's.",
          ),
          t.words(
            "no-results",
            "This matrix says which controls are promised, and nothing of how they operated.",
          ),
        ),
      ]),
      section(t.words("criteria", "Criteria and the controls that serve them"), [
        forEach(facts, categoriesFact, {
          none: () => say`${resting(categoriesFact)}The program reports on no category.`,
          some: (categories) => categories.map((category) => criteriaTable(facts, category)),
        }),
      ]),
      section(t.words("controls", "Controls"), [controlsTable(facts)]),
    ],
  );
}

function criteriaTable(facts: Facts, category: string): Block {
  const say = sayer(facts);
  const list = criteriaOf(category);
  return forEach(facts, list, {
    none: () => say`${resting(list)}The catalog has no criterion of ${word(categoriesFact, category)}.`,
    some: (criteria) => [
      table(
        say`Criteria of ${word(list, category)}`,
        [
          { head: t.words("criterion", "Criterion"), width: 1, names: true },
          { head: t.words("words", "In words of our own"), width: 4 },
          { head: t.words("served-by", "Controls"), width: 5 },
        ],
        criteria.map((id) => [
          say`${word(list, id)}`,
          say`${criterionFact(id, "words")}`,
          servedBy(facts, id),
        ]),
      ),
    ],
  });
}

/** One member of a list fact, as the template walks over it. */
function word(fact: FactId, text: string) {
  return worded(fact, () => text);
}

function servedBy(facts: Facts, id: string): Cell {
  const say = sayer(facts);
  const controls = criterionFact(id, "controls");
  const { value } = facts.find(controls);
  const said: Said[] = [];
  if (typeof value === "object") for (const name of value) said.push(controlInCell(facts, name));
  else said.push(say`${controls}`);
  const subservice = factId("program", "criteria", id, "subservice");
  const organizations = facts.find(subservice).value;
  if (typeof organizations === "object" && organizations.length > 0)
    said.push(say`Answered by ${listed(subservice, "nobody")}.`);
  const not = factId("program", "criteria", id, "not-relevant");
  if (facts.find(not).value !== undefined) said.push(say`Not relevant: ${not}`);
  const [first, ...rest] = said;
  return first === undefined
    ? [say`${listed(controls, "No control of the company's own.")}`]
    : [first, ...rest];
}

/** Rests on the control's own list of criteria, which is why it stands in this cell. */
function controlInCell(facts: Facts, name: string): Said {
  const say = sayer(facts);
  return say`${controlFact(name, "id")} ${controlFact(name, "title")} (version ${controlFact(name, "version")})${resting(controlFact(name, "criteria"))}.`;
}

function controlsTable(facts: Facts): Block {
  const say = sayer(facts);
  return forEach(facts, controlsFact, {
    none: () => say`${resting(controlsFact)}The program has no control.`,
    some: (controls: NonEmpty<string>) => [
      table(
        t.words("controls-caption", "Controls and what they promise"),
        [
          { head: t.words("control", "Control"), width: 1.2, names: true },
          { head: t.words("version", "Version"), width: 0.8, number: true },
          { head: t.words("statement", "Statement"), width: 5 },
          { head: t.words("serves", "Criteria"), width: 1.5 },
          { head: t.words("owner", "Owner"), width: 1.5 },
          { head: t.words("in-force", "In force"), width: 1.3 },
        ],
        controls.map((name) => [
          say`${controlFact(name, "id")}`,
          say`${controlFact(name, "version")}`,
          [say`${controlFact(name, "title")}.`, say`${controlFact(name, "statement")}`],
          say`${listed(controlFact(name, "criteria"), "no criterion")}`,
          [say`${controlFact(name, "owner-role")}:`, say`${controlFact(name, "owner")}`],
          say`${exactly(controlFact(name, "in-force"))}`,
        ]),
      ),
    ],
  });
}
