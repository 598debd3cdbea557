/** Controls, their activities and attributes. Results are none of it: what came of a control is the auditor's to say. */
import type { Activity, Attribute, ControlVersion } from "@countersign/program";
import { unassigned, type Fact, type FactValue, type Owner } from "../facts.ts";
import { chosen, controlFact, controlsFact, versionName } from "./keys.ts";
import type { Context } from "./source.ts";
import { leftBefore } from "./system-facts.ts";

export function controlFacts(context: Context): readonly Fact[] {
  const { program } = context;
  return [
    fact(controlsFact, "the controls", program.controls.map(versionName)),
    fact(chosen("controls"), "the controls", orAbsent(controlsInWindow(context).map(versionName))),
    ...program.controls.flatMap((control) => ofControl(context, control)),
  ];
}

/** Versions that are in force on a day of the window that is over. */
export function controlsInWindow({ program, period }: Context): readonly ControlVersion[] {
  return program.controls.filter(
    ({ effectiveFrom, effectiveThrough }) =>
      (effectiveFrom === undefined || effectiveFrom <= period.through) &&
      (effectiveThrough === undefined || effectiveThrough >= period.from),
  );
}

export function orAbsent(list: readonly string[]): readonly string[] | undefined {
  return list.length > 0 ? list : undefined;
}

export function fact(
  id: Fact["id"],
  what: string,
  value: FactValue | undefined,
  owner: Owner = unassigned,
): Fact {
  return { id, what, owner, value };
}

function ofControl(context: Context, control: ControlVersion): readonly Fact[] {
  const name = versionName(control);
  const { id, owner: person, ownerRole } = control;
  const named = ownerName(context, control);
  const role: Owner = ownerRole.trim() === "" ? unassigned : { kind: "role", role: ownerRole };
  const owner: Owner =
    person === undefined || named === undefined ? role : { kind: "person", id: person, name: named };
  const say = (member: string, what: string, value: FactValue | undefined): Fact =>
    fact(controlFact(name, member), `${what} of ${id}`, value, owner);
  return [
    say("id", "the id", id),
    say("version", "the version", control.version),
    say("title", "the title", control.title),
    say("statement", "the statement", control.statement),
    say("criteria", "the criteria", control.criteria),
    say("owner-role", "the owner's role", ownerRole),
    say("owner", "the owner", named),
    say("procedure", "the procedure", control.procedure),
    say("in-force", "the dates", inForce(control)),
    say("in-force-in-window", "the days", inForceInWindow(context, control)),
    say(
      "activities",
      "the activities",
      control.activities.map((each) => each.id),
    ),
    ...control.activities.flatMap((activity) => ofActivity(name, activity, id, owner)),
  ];
}

/** Of somebody who has left, or whom the directory does not name, nobody can say who answers for the control. */
function ownerName(context: Context, { owner, effectiveThrough }: ControlVersion): string | undefined {
  if (owner === undefined || leftBefore(context, owner, effectiveThrough)) return undefined;
  return context.names.get(owner);
}

function inForce({ effectiveFrom, effectiveThrough }: ControlVersion): string {
  if (effectiveFrom === undefined)
    return effectiveThrough === undefined ? "throughout" : `through ${effectiveThrough}`;
  return effectiveThrough === undefined
    ? `from ${effectiveFrom}`
    : `${effectiveFrom} through ${effectiveThrough}`;
}

function inForceInWindow(
  { period }: Context,
  { effectiveFrom: from, effectiveThrough: through }: ControlVersion,
): string {
  const first = from !== undefined && from > period.from ? `from ${from}` : "";
  const last = through !== undefined && through < period.through ? `through ${through}` : "";
  return [first, last].filter((words) => words !== "").join(" ") || "the whole time";
}

function ofActivity(name: string, activity: Activity, control: string, owner: Owner): readonly Fact[] {
  const of = `${activity.id} of ${control}`;
  const say = (member: string, what: string, value: FactValue): Fact =>
    fact(controlFact(name, "activities", activity.id, member), `${what} of ${of}`, value, owner);
  return [
    say("title", "the title", activity.title),
    say("evidence", "the evidence", activity.evidence),
    say("owed", "the rhythm", owedWords(activity)),
    say("population", "the population", activity.kind === "periodic" ? "performances" : activity.population),
    say(
      "attributes",
      "the attributes",
      activity.attributes.map(({ id }) => id),
    ),
    ...activity.attributes.flatMap((attribute) => ofAttribute(name, activity, attribute, of, owner)),
  ];
}

function ofAttribute(
  name: string,
  activity: Activity,
  attribute: Attribute,
  of: string,
  owner: Owner,
): readonly Fact[] {
  return (["label", "words", "expression"] as const).map((member) =>
    fact(
      controlFact(name, "activities", activity.id, "attributes", attribute.id, member),
      `the ${member} of attribute ${attribute.id}, ${of}`,
      attribute[member],
      owner,
    ),
  );
}

/** "once per item", "every quarter", "all the time". */
function owedWords(activity: Activity): string {
  switch (activity.kind) {
    case "per-item":
      return "once per item";
    case "periodic":
      return `every ${activity.every}`;
    case "state":
      return "all the time";
  }
}
