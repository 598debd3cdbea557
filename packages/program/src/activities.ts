/** What a schema cannot say of a control's activities: that rules compile, that words are quoted, that ids are unique. */
import { daysInMonth, type Problem } from "@countersign/kernel";
import { itemKindOf, type ItemKind } from "@countersign/records";
import { compileRule, environmentOf } from "@countersign/rules";
import type { Activity } from "./model.ts";
import { takesAnchor } from "./periods.ts";
import type { DataPath, YamlFile } from "./yaml-file.ts";

/** What is wrong with an expression; line and column count from 1, in characters. */
export type ExpressionProblem = {
  readonly message: string;
  readonly line: number;
  readonly column: number;
  readonly suggestion?: string;
};

/** Type-checks a rule over items of a kind. Handed in, so that whoever reads a program decides which rules it may hold. */
export type CheckExpression = (expression: string, kind: ItemKind) => readonly ExpressionProblem[];

/** The rules of this product (docs/formats/rules-profile.md). */
export const checkExpression: CheckExpression = (expression, kind) => {
  const compiled = compileRule(expression, environmentOf(kind));
  return compiled.ok ? [] : compiled.error;
};

/** An activity and the place where it is written. */
export type WrittenActivity = {
  readonly activity: Activity;
  readonly file: YamlFile;
  readonly path: DataPath;
};

/** The kind of item over which an activity's attributes speak. */
export function kindOf(activity: Activity): ItemKind | undefined {
  return itemKindOf(activity.kind === "periodic" ? "performance" : activity.population);
}

/** @param control the control's id, for messages */
export function problemsOfActivities(
  control: string,
  written: readonly WrittenActivity[],
  check: CheckExpression,
): readonly Problem[] {
  return [
    ...duplicates(written.map(({ activity, file, path }) => ({ id: activity.id, file, path }))).map(
      ({ id, file, path }) => duplicateId(`activity \`${id}\` of ${control}`, file.at([...path, "id"])),
    ),
    ...written.flatMap((each) => [
      ...problemsOfAnchor(each),
      ...problemsOfRules(each, check),
      ...duplicates(
        each.activity.attributes.map((attribute, index) => ({
          id: attribute.id,
          path: [...each.path, "attributes", index, "id"],
        })),
      ).map(({ id, path }) =>
        duplicateId(`attribute \`${id}\` of ${control} ${each.activity.id}`, each.file.at(path)),
      ),
    ]),
  ];
}

function problemsOfAnchor({ activity, file, path }: WrittenActivity): readonly Problem[] {
  if (activity.kind !== "periodic" || activity.anchor === undefined) return [];
  const where = file.at([...path, "anchor"]);
  if (!takesAnchor(activity.every))
    return [
      {
        code: "anchor-without-meaning",
        what: `an activity of every ${activity.every} has an anchor`,
        where,
        why: "Days, weeks (from Monday) and months start where the calendar says; years, half-years and quarters may start elsewhere.",
        next: "Remove `anchor`.",
      },
    ];
  const [month, day] = activity.anchor.split("-").map(Number) as [number, number];
  // 2024 is a leap year: 29 February is a day that a year can start on.
  if (day <= daysInMonth(2024, month)) return [];
  return [
    {
      code: "bad-date",
      what: `${activity.anchor} is no day of any year`,
      where,
      next: "Write a month and a day that exist.",
    },
  ];
}

function problemsOfRules(
  { activity, file, path }: WrittenActivity,
  check: CheckExpression,
): readonly Problem[] {
  const kind = kindOf(activity);
  if (kind === undefined) return [];
  const rules: { readonly source: string; readonly path: DataPath }[] = [];
  if (activity.kind !== "periodic" && activity.where !== undefined)
    rules.push({ source: activity.where, path: [...path, "where"] });
  for (const [index, attribute] of activity.attributes.entries()) {
    const at = [...path, "attributes", index];
    rules.push({ source: attribute.expression, path: [...at, "expression"] });
    for (const [number, cause] of attribute.causes.entries())
      rules.push({ source: cause.when, path: [...at, "causes", number, "when"] });
  }
  return rules.flatMap((rule) =>
    check(rule.source, kind).map((problem) => ({
      code: "bad-expression",
      what: problem.message,
      where: file.atCharacter(rule.path, problem.line, problem.column),
      why: `The rule \`${rule.source}\` is over \`${kind.variable}\`, ${kind.words}.`,
      next: problem.suggestion ?? "Mend the rule; docs/formats/rules-profile.md says what rules may hold.",
    })),
  );
}

/** @param statementAt the place of the statement, where the words ought to be */
export function problemsOfWords(
  control: string,
  statement: string,
  written: readonly WrittenActivity[],
  statementAt: string,
): readonly Problem[] {
  const problems: Problem[] = [];
  for (const { activity, file, path } of written)
    for (const [index, attribute] of activity.attributes.entries())
      if (!statement.includes(attribute.words))
        problems.push({
          code: "words-not-in-statement",
          what: `${control} ${activity.id} ${attribute.id} tests the words ${JSON.stringify(attribute.words)}, which its statement does not hold`,
          where: file.at([...path, "attributes", index, "words"]),
          why: `The statement (${statementAt}) is ${JSON.stringify(statement)}.`,
          next: "Quote the statement exactly, or change both together: a changed statement needs its activities beside it.",
        });
  return problems;
}

function duplicates<T extends { readonly id: string }>(entries: readonly T[]): readonly T[] {
  const seen = new Set<string>();
  return entries.filter(({ id }) => (seen.has(id) ? true : (seen.add(id), false)));
}

function duplicateId(what: string, where: string): Problem {
  return {
    code: "duplicate-id",
    what: `there is a second ${what}`,
    where,
    next: "Give it an id of its own.",
  };
}

/** Activities as the model holds them: `causes` may be left out in a file. */
export function activityOf(written: object): Activity {
  const activity = written as Activity;
  return {
    ...activity,
    attributes: activity.attributes.map((attribute) => ({ ...attribute, causes: attribute.causes ?? [] })),
  };
}
