/** The criteria of the chosen categories, and what answers each: controls, subservice organizations, or why it is not relevant. */
import type { Criterion } from "@countersign/program";
import { factId, type Fact } from "../facts.ts";
import { controlsInWindow, fact, orAbsent } from "./control-facts.ts";
import { categoriesFact, chosen, criteriaOf, criterionFact, versionName } from "./keys.ts";
import type { Context } from "./source.ts";

export function criteriaFacts(context: Context): readonly Fact[] {
  const { program, criteria } = context;
  const inScope = criteria.filter(({ category }) => program.categories.includes(category));
  return [
    fact(categoriesFact, "the trust services categories", program.categories),
    ...program.categories.map((category) =>
      fact(
        criteriaOf(category),
        `the criteria of ${category}`,
        inScope.filter((criterion) => criterion.category === category).map(({ id }) => id),
      ),
    ),
    fact(chosen("criteria"), "the criteria", orAbsent(inScope.map(({ id }) => id))),
    ...inScope.flatMap((criterion) => ofCriterion(context, criterion)),
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

/**
 * Nothing that serves it is a hole; where the program says that a subservice organization answers it, or why it is not
 * relevant, that is the answer.
 */
function ofCriterion(context: Context, { id, words }: Criterion): readonly Fact[] {
  const { program } = context;
  const serves = (control: { readonly criteria: readonly string[] }) => control.criteria.includes(id);
  const serving = program.controls.filter(serves).map(versionName);
  const organizations = program.subservice
    .filter(({ criterion }) => criterion === id)
    .map(({ organization }) => organization);
  const not = program.notRelevant.find(({ criterion }) => criterion === id);
  const isAnswered = organizations.length > 0 || not !== undefined;
  return [
    fact(criterionFact(id, "words"), `our words for ${id}`, words),
    fact(
      criterionFact(id, "controls"),
      `a control that serves ${id}`,
      serving.length === 0 && !isAnswered ? undefined : serving,
    ),
    fact(
      factId("program", "criteria", id, "subservice"),
      `the subservice organizations that answer ${id}`,
      organizations,
    ),
    fact(factId("program", "criteria", id, "not-relevant"), `why ${id} is not relevant`, not?.reason),
    fact(
      chosen("criteria", id, "answer"),
      `what answers ${id}`,
      orAbsent([
        ...new Set([
          ...controlsInWindow(context)
            .filter(serves)
            .map((control) => control.id),
          ...organizations.map((organization) => `${organization} (subservice organization)`),
          ...(not === undefined ? [] : ["judged not relevant"]),
        ]),
      ]),
    ),
  ];
}
