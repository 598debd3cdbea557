/** Exact arithmetic on whole numbers: what leaves the exact range is an error and never a rounded number. */
import type { Compiler } from "./compile.ts";
import type { Code } from "./facts.ts";
import { FIRST_INSTANT, LAST_INSTANT, LONGEST_DURATION } from "./instant.ts";
import type { Run } from "./run.ts";
import type { Typed } from "./typed.ts";
import type { Type } from "./types.ts";

type Arithmetic = Extract<Typed, { op: "arithmetic" }>;

export function compileArithmetic(compiler: Compiler, node: Arithmetic): Code<number> {
  const { run } = compiler;
  const left = compiler.number(node.left);
  const right = compiler.number(node.right);
  const { operator } = node;
  if (operator === "/" || operator === "%") return divide(operator, left, right, run);
  const [least, greatest] = rangeOf(node.type);
  const outside = `The result of \`${operator}\` lies outside the range of ${node.type.is}s.`;
  // The operands are whole numbers within ±(2^53-1). Where the exact result is too, the computed one is exact; where it
  // is not, the computed one rounds to no less than 2^53 and is caught.
  const within = (before: number, result: number): number => {
    if (result >= least && result <= greatest) return result + 0;
    if (run.flaws === before) run.fail(outside);
    return 0;
  };
  switch (operator) {
    case "+":
      return () => {
        const before = run.flaws;
        const augend = left();
        return within(before, augend + right());
      };
    case "-":
      return () => {
        const before = run.flaws;
        const minuend = left();
        return within(before, minuend - right());
      };
    case "*":
      return () => {
        const before = run.flaws;
        const factor = left();
        return within(before, factor * right());
      };
  }
}

/** Division cuts towards zero and the remainder has the dividend's sign, as in CEL. */
function divide(operator: "/" | "%", left: Code<number>, right: Code<number>, run: Run): Code<number> {
  return () => {
    const before = run.flaws;
    const dividend = left();
    const divisor = right();
    if (run.flaws !== before) return 0;
    if (divisor === 0) {
      run.fail(`\`${operator}\` divides by zero.`);
      return 0;
    }
    const remainder = dividend % divisor;
    // Taking the remainder away first leaves a division without one, which is exact.
    return (operator === "%" ? remainder : (dividend - remainder) / divisor) + 0;
  };
}

export function compileNegate(compiler: Compiler, node: Extract<Typed, { op: "negate" }>): Code<number> {
  const operand = compiler.number(node.operand);
  return () => 0 - operand();
}

function rangeOf(type: Type): readonly [least: number, greatest: number] {
  if (type.is === "timestamp") return [FIRST_INSTANT, LAST_INSTANT];
  if (type.is === "duration") return [-LONGEST_DURATION, LONGEST_DURATION];
  return [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
}
