export type { RuleEnvironment } from "./checker.ts";
export { RULES_VERSION } from "./limits.ts";
export type { RuleProblem } from "./problem.ts";
export type { Verdict } from "./run.ts";
export type { FactPath } from "./types.ts";
export { compileRule, environmentOf, type Rule } from "./rule.ts";
