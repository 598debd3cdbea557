/** Criteria and controls. Results are none of it: Section III says what a control is, and the auditor what came of it. */
import type { ControlVersion } from "@countersign/program";
import { factId, unassigned, type Fact, type FactValue, type Owner } from "../facts.ts";
import { chosen, ofThing } from "./keys.ts";
import type { Context } from "./source.ts";
import { leftBefore, personOwner } from "./system-facts.ts";

export function controlFacts(context: Context): readonly Fact[] {
  const { program, criteria, period } = context;
  const inScope = criteria.filter(({ category }) => program.categories.includes(category));
  const controls = program.controls.filter(
    ({ effectiveFrom, effectiveThrough }) =>
      (effectiveFrom === undefined || effectiveFrom <= period.through) &&
      (effectiveThrough === undefined || effectiveThrough >= period.from),
  );
  const fact = (id: Fact["id"], what: string, value: FactValue | undefined): Fact => ({
    id,
    what,
    owner: unassigned,
    value,
  });
  return [
    fact(chosen("criteria"), "the criteria", orAbsent(inScope.map(({ id }) => id))),
    fact(chosen("controls"), "the controls", orAbsent(controls.map(keyOfControl))),
    ...inScope.flatMap(({ id, words }) => [
      fact(factId("catalog", "criteria", id, "words"), `the words of ${id}`, words),
      fact(
        chosen("criteria", id, "answer"),
        `what answers ${id}`,
        orAbsent([
          ...new Set([
            ...controls.filter((control) => control.criteria.includes(id)).map((control) => control.id),
            ...program.subservice
              .filter(({ criterion }) => criterion === id)
              .map(({ organization }) => `${organization} (subservice organization)`),
            ...program.notRelevant
              .filter(({ criterion }) => criterion === id)
              .map(() => "judged not relevant"),
          ]),
        ]),
      ),
    ]),
    ...controls.flatMap((control) => {
      const owner = ownerOfControl(context, control);
      return Object.entries(membersOf(context, control)).map(([name, value]) => ({
        id: ofThing("controls", keyOfControl(control), name),
        what: `the ${name === "in-force-in-window" ? "days" : name} of ${control.id}`,
        owner,
        value,
      }));
    }),
    fact(
      factId("program", "notRelevant"),
      "the criteria judged not relevant",
      program.notRelevant.map(({ criterion }) => criterion),
    ),
    ...program.notRelevant.map(({ criterion, reason }) =>
      fact(factId("program", "notRelevant", criterion, "reason"), `why ${criterion} is not relevant`, reason),
    ),
    fact(
      factId("program", "subservice"),
      "the criteria that subservice organizations answer",
      program.subservice.map(({ criterion, organization }) => `${criterion}: ${organization}`),
    ),
  ];
}

export function keyOfControl({ id, version }: Pick<ControlVersion, "id" | "version">): string {
  return `${id}@${version}`;
}

function membersOf(
  context: Context,
  control: ControlVersion,
): { readonly [member: string]: FactValue | undefined } {
  const { names, period } = context;
  const { effectiveFrom: from, effectiveThrough: through, owner } = control;
  const first = from !== undefined && from > period.from ? `from ${from}` : "";
  const last = through !== undefined && through < period.through ? `through ${through}` : "";
  return {
    title: control.title,
    statement: control.statement,
    criteria: control.criteria,
    owner:
      owner === undefined || leftBefore(context, owner, through) ? undefined : (names.get(owner) ?? owner),
    "in-force-in-window": [first, last].filter((words) => words !== "").join(" ") || "the whole time",
  };
}

function ownerOfControl(context: Context, { owner, ownerRole }: ControlVersion): Owner {
  const person = owner === undefined ? undefined : personOwner(context, owner);
  return person ?? { kind: "role", role: ownerRole };
}

function orAbsent(list: readonly string[]): readonly string[] | undefined {
  return list.length > 0 ? list : undefined;
}
