/** One rule's verdict on one item, as an attribute's result in words that a reader can act on. */
import type { ItemKind, Lack, PersonId } from "@countersign/records";
import { compileRule, environmentOf, type Verdict } from "@countersign/rules";
import type { Attribute } from "@countersign/program";
import type { AttributeResult } from "./model.ts";

export type Facts = { readonly [name: string]: unknown };
export type Judge = (item: Facts) => Verdict;
type Unknown = Extract<AttributeResult, { state: "unknown" }>;

export const OPERATED: AttributeResult = Object.freeze({ state: "operated" });

/**
 * A rule that does not compile is an error on every item: the program's own check says so with its place. Rules are
 * compiled when they first judge: most of a catalog's controls have no records, and most causes are never asked for.
 */
export function judgeOf(source: string, kind: ItemKind): Judge {
  let judge: Judge | undefined;
  return (item) => (judge ??= compiled(source, kind))(item);
}

function compiled(source: string, kind: ItemKind): Judge {
  const rule = compileRule(source, environmentOf(kind));
  if (rule.ok) return (item) => rule.value.evaluateItem(item);
  const verdict: Verdict = {
    kind: "error",
    message: `the rule does not compile: ${rule.error.map((problem) => problem.message).join(" ")}`,
  };
  return () => verdict;
}

/** Says what is absent and who could supply it. */
export type Explainer = {
  /** "the source history", "the evidence" */
  readonly subject: string;
  readonly lacks: readonly Lack[];
  /** What would supply a fact that no lack speaks of. */
  readonly suppliedBy?: string;
};

/**
 * The unknown result for absent facts, given as rules read them ("change.approvals[].at"). The source's own word for
 * what it lacks comes first, for the fact itself or for what the fact is part of.
 */
export function lacksFact(absent: readonly string[], explainer: Explainer): Unknown {
  const details: string[] = [];
  let suppliedBy: string | undefined;
  for (const field of absent) {
    const lack = lackFor(field, explainer.lacks);
    const detail = lack?.reason ?? `${explainer.subject} has no ${field}`;
    if (!details.includes(detail)) details.push(detail);
    suppliedBy ??= lack?.suppliedBy;
  }
  suppliedBy ??= explainer.suppliedBy;
  return {
    state: "unknown",
    reason: "source-lacks-fact",
    detail: details.join("; "),
    ...(suppliedBy !== undefined && { suppliedBy }),
  };
}

function lackFor(field: string, lacks: readonly Lack[]): Lack | undefined {
  for (let path = field; path !== ""; path = parentOf(path)) {
    const lack = lacks.find((each) => each.field === path);
    if (lack !== undefined) return lack;
  }
  return undefined;
}

function parentOf(path: string): string {
  if (path.endsWith("[]")) return path.slice(0, -2);
  return path.slice(0, Math.max(0, path.lastIndexOf(".")));
}

/** Which facts of a kind stand in for others where those are absent: what the record carries instead. */
const insteadFacts: {
  readonly [kind: string]: { readonly field: string; readonly of: readonly string[] };
} = {
  change: { field: "bypasses", of: ["approvals", "checks"] },
};

type Instead = readonly { readonly name: string; readonly by?: PersonId }[];

function insteadOf(kind: ItemKind, absent: readonly string[], item: Facts): Instead | undefined {
  const stand = insteadFacts[kind.kind];
  if (stand === undefined) return undefined;
  const given = item[stand.field];
  if (!Array.isArray(given) || given.length === 0) return undefined;
  // An approval without a time is an approval: only where the list itself is absent does something stand in for it.
  const isStoodFor = stand.of.some((field) => absent.includes(`${kind.variable}.${field}`));
  // The kind's schema says what a bypass is: a name, and who gave it where the record says so.
  return isStoodFor
    ? (given as Instead).map(({ name, by }) => (by === undefined ? { name } : { name, by }))
    : undefined;
}

export type CompiledAttribute = {
  readonly attribute: Attribute;
  /** Unknown results without an item's own words are shared: neighbours in a list mostly lack the same facts. */
  judge(item: Facts): AttributeResult;
};

export function compileAttribute(
  attribute: Attribute,
  kind: ItemKind,
  explainer: Explainer,
): CompiledAttribute {
  const judge = judgeOf(attribute.expression, kind);
  const causes = attribute.causes.map(({ when, say }) => ({ when: judgeOf(when, kind), say }));
  const ruleIsFalse = `the rule is false: ${attribute.expression}`;
  let lastAbsent: readonly string[] | undefined;
  let lastUnknown: Unknown | undefined;
  const unknownFor = (absent: readonly string[], item: Facts): AttributeResult => {
    if (absent !== lastAbsent || lastUnknown === undefined) {
      lastUnknown = Object.freeze(lacksFact(absent, explainer));
      lastAbsent = absent;
    }
    const instead = insteadOf(kind, absent, item);
    return instead === undefined ? lastUnknown : { ...lastUnknown, instead };
  };
  return {
    attribute,
    judge(item) {
      const verdict = judge(item);
      switch (verdict.kind) {
        case "true":
          return OPERATED;
        case "false":
          return {
            state: "deviated",
            cause: causes.find((cause) => cause.when(item).kind === "true")?.say ?? ruleIsFalse,
          };
        case "unknown":
          return unknownFor(verdict.absent, item);
        case "error":
          return { state: "unknown", reason: "rule-error", detail: verdict.message };
      }
    },
  };
}

/** Whether an item owes an activity; where that is not known, the result that every attribute then has. */
export type Owes = true | false | AttributeResult;

export function compileWhere(
  where: string | undefined,
  kind: ItemKind,
  explainer: Explainer,
): (item: Facts) => Owes {
  if (where === undefined) return () => true;
  const judge = judgeOf(where, kind);
  return (item) => {
    const verdict = judge(item);
    switch (verdict.kind) {
      case "true":
        return true;
      case "false":
        return false;
      case "unknown": {
        const { detail, ...unknown } = lacksFact(verdict.absent, explainer);
        return { ...unknown, detail: `whether it is owed is not known: ${detail}` };
      }
      case "error":
        return {
          state: "unknown",
          reason: "rule-error",
          detail: `whether it is owed is not known: ${verdict.message}`,
        };
    }
  };
}
