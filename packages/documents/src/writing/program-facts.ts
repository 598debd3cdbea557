/** The program as facts, each under the id by which every document cites it. */
import type { Summary } from "@countersign/assessment";
import type { Digest, Instant, LocalDate } from "@countersign/kernel";
import type { Activity, Attribute, ControlVersion, Criterion, Program } from "@countersign/program";
import type { PersonId } from "@countersign/records";
import {
  factId,
  factsOf,
  unassigned,
  type Fact,
  type FactId,
  type Facts,
  type Owner,
  type Segment,
} from "./facts.ts";
import { frontFacts } from "./front.ts";

export type ProgramFactsInput = {
  readonly program: Program;
  /** Of the canonical program. */
  readonly digest: Digest;
  /** Of the catalog: ids and our paraphrases. */
  readonly criteria: readonly Criterion[];
  /** As the directory knows them; who is not listed was erased or never named. */
  readonly names: ReadonlyMap<PersonId, string>;
  readonly asOf: Instant;
  /** The one that covers the record of the program. */
  readonly checkpoint?: { readonly origin: string; readonly size: number; readonly root: string };
  /** Of the newest run over the window; absent: nothing was assessed yet. The matrices tell nothing of it. */
  readonly assessment?: Summary;
  /** Last days of those who have left, where they are known. */
  readonly left?: ReadonlyMap<PersonId, LocalDate>;
};

export const categoriesFact = factId("program", "categories");
export const controlsFact = factId("program", "controls");
export const criteriaOf = (category: string): FactId => factId("program", "categories", category, "criteria");
export const criterionFact = (id: string, member: "words" | "controls"): FactId =>
  member === "words" ? factId("catalog", "criteria", id, member) : factId("program", "criteria", id, member);

/** A control version as a list names it: "CHG-01@2". */
export const versionName = ({ id, version }: Pick<ControlVersion, "id" | "version">): string =>
  `${id}@${version}`;

function versionOf(name: string): Segment {
  const at = name.lastIndexOf("@");
  return { id: name.slice(0, at), version: Number(name.slice(at + 1)) };
}

/** @param path below the control: "statement", or "activities", its id, and the member. */
export const controlFact = (name: string, ...path: readonly string[]): FactId =>
  factId("program", "controls", versionOf(name), ...path);

type Declare = (id: FactId, what: string, value: Fact["value"], owner?: Owner) => void;

export function programFacts(input: ProgramFactsInput): Facts {
  const { program, criteria } = input;
  const facts: Fact[] = [];
  const declare: Declare = (id, what, value, owner = unassigned) => facts.push({ id, what, owner, value });
  declareFront(input, declare);
  declare(categoriesFact, "the trust services categories", program.categories);
  for (const category of program.categories)
    declare(
      criteriaOf(category),
      `the criteria of ${category}`,
      criteria.filter((criterion) => criterion.category === category).map(({ id }) => id),
    );
  for (const criterion of criteria.filter(({ category }) => program.categories.includes(category)))
    declareCriterion(criterion, program, declare);
  declare(controlsFact, "the controls", program.controls.map(versionName));
  for (const control of program.controls) declareControl(control, input, declare);
  return factsOf(facts);
}

function declareFront({ program, digest, asOf, checkpoint }: ProgramFactsInput, declare: Declare): void {
  const { window } = program;
  declare(frontFacts.organization, "the organization's name", program.organization.name);
  declare(frontFacts.from, "the first day of the window", window.from);
  declare(frontFacts.through, "the last day of the window", window.through);
  declare(frontFacts.zone, "the window's time zone", window.zone);
  declare(frontFacts.asOf, "the as-of time", asOf);
  declare(frontFacts.program, "the program's digest", digest);
  declare(frontFacts.origin, "the log's origin", checkpoint?.origin);
  declare(frontFacts.size, "the checkpoint's size", checkpoint?.size);
  declare(frontFacts.root, "the checkpoint's root", checkpoint?.root);
}

/**
 * Which controls serve it. Nothing that serves it is a hole; where the program says that a subservice organization answers
 * it, or why it is not relevant, that is the answer.
 */
function declareCriterion({ id, words }: Criterion, program: Program, declare: Declare): void {
  declare(criterionFact(id, "words"), `our words for ${id}`, words);
  const serving = program.controls.filter((control) => control.criteria.includes(id)).map(versionName);
  const subservice = program.subservice.filter(({ criterion }) => criterion === id);
  const not = program.notRelevant.find(({ criterion }) => criterion === id);
  const answered = subservice.length > 0 || not !== undefined;
  declare(
    criterionFact(id, "controls"),
    `a control that serves ${id}`,
    serving.length === 0 && !answered ? undefined : serving,
  );
  declare(
    factId("program", "criteria", id, "subservice"),
    `the subservice organizations that answer ${id}`,
    subservice.map(({ organization }) => organization),
  );
  declare(factId("program", "criteria", id, "not-relevant"), `why ${id} is not relevant`, not?.reason);
}

function declareControl(control: ControlVersion, { names }: ProgramFactsInput, declare: Declare): void {
  const name = versionName(control);
  const role: Owner =
    control.ownerRole.trim() === "" ? unassigned : { kind: "role", role: control.ownerRole };
  const person = control.owner === undefined ? undefined : names.get(control.owner);
  const owner: Owner =
    control.owner === undefined || person === undefined
      ? role
      : { kind: "person", id: control.owner, name: person };
  const say = (member: string, what: string, value: Fact["value"]): void => {
    declare(controlFact(name, member), `${what} of ${control.id}`, value, owner);
  };
  say("id", "the id", control.id);
  say("version", "the version", control.version);
  say("title", "the title", control.title);
  say("statement", "the statement", control.statement);
  say("criteria", "the criteria", control.criteria);
  say("owner-role", "the owner's role", control.ownerRole);
  say("owner", "the owner", person);
  say("procedure", "the procedure", control.procedure);
  say("in-force", "the dates", inForce(control));
  say(
    "activities",
    "the activities",
    control.activities.map(({ id }) => id),
  );
  for (const activity of control.activities) declareActivity(name, activity, control.id, owner, declare);
}

function inForce({ effectiveFrom, effectiveThrough }: ControlVersion): string {
  if (effectiveFrom === undefined)
    return effectiveThrough === undefined ? "throughout" : `through ${effectiveThrough}`;
  return effectiveThrough === undefined
    ? `from ${effectiveFrom}`
    : `${effectiveFrom} through ${effectiveThrough}`;
}

function declareActivity(
  name: string,
  activity: Activity,
  control: string,
  owner: Owner,
  declare: Declare,
): void {
  const of = `${activity.id} of ${control}`;
  const say = (member: string, what: string, value: Fact["value"]): void => {
    declare(controlFact(name, "activities", activity.id, member), `${what} of ${of}`, value, owner);
  };
  say("title", "the title", activity.title);
  say("evidence", "the evidence", activity.evidence);
  say("owed", "the rhythm", owedWords(activity));
  say("population", "the population", activity.kind === "periodic" ? "performances" : activity.population);
  say(
    "attributes",
    "the attributes",
    activity.attributes.map(({ id }) => id),
  );
  for (const attribute of activity.attributes)
    declareAttribute(name, activity, attribute, of, owner, declare);
}

function declareAttribute(
  name: string,
  activity: Activity,
  attribute: Attribute,
  of: string,
  owner: Owner,
  declare: Declare,
): void {
  for (const member of ["label", "words", "expression"] as const)
    declare(
      controlFact(name, "activities", activity.id, "attributes", attribute.id, member),
      `the ${member} of attribute ${attribute.id}, ${of}`,
      attribute[member],
      owner,
    );
}

/** "once per item", "every quarter", "all the time". */
export function owedWords(activity: Activity): string {
  switch (activity.kind) {
    case "per-item":
      return "once per item";
    case "periodic":
      return `every ${activity.every}`;
    case "state":
      return "all the time";
  }
}
