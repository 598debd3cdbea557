/** Rules over the item of generate-items.test.ts, for the property tests. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { environment, smallInt, smallText } from "./generate-items.test.ts";
import { compileRule } from "./rule.ts";

type Sort = "bool" | "int" | "string" | "timestamp" | "duration";
type Source = fc.Arbitrary<string>;

/** The macro variables bound where an expression stands: a (an approval), t (a text), w (a time), k (an int). */
type Scope = string;
const LISTS = { a: "item.approvals", t: "item.tickets", w: "item.times", k: "item.sizes" };
const COMPARISONS = ["==", "!=", "<", "<=", ">", ">="];

/**
 * What a test leaves out: forms that another engine gets wrong, and the forms ("? :" and conditions of filter and map)
 * that make it depend on the item which facts are read.
 */
export type LeaveOut = "duration + timestamp" | "duration + duration" | "time zones" | "choices";

class Generator {
  readonly #leftOut: readonly LeaveOut[];
  /** One arbitrary for each type, scope and depth: built anew for every use they would be many thousands. */
  readonly #made = new Map<string, Source>();

  constructor(leftOut: readonly LeaveOut[]) {
    this.#leftOut = leftOut;
  }

  /** The source of an expression of a type; the depth bounds its size. */
  expression(sort: Sort, scope: Scope, depth: number): Source {
    const key = `${sort} ${scope} ${depth}`;
    let source = this.#made.get(key);
    if (source === undefined) {
      const forms = leaves(sort, scope);
      if (depth > 0) forms.push(...this.#forms(sort, scope, depth - 1));
      source = fc.oneof(...forms);
      this.#made.set(key, source);
    }
    return source;
  }

  #forms(sort: Sort, scope: Scope, depth: number): Source[] {
    const of = (one: Sort) => this.expression(one, scope, depth);
    const chosen = fc
      .tuple(of("bool"), of(sort), of(sort))
      .map(([condition, yes, no]) => `(${condition} ? ${yes} : ${no})`);
    const shared = this.#leftOut.includes("choices") ? [] : [chosen];
    switch (sort) {
      case "bool":
        return [...shared, ...this.#bools(scope, depth)];
      case "int":
        return [...shared, ...this.#ints(scope, depth)];
      case "string":
        return [...shared, binary(of("string"), ["+"], of("string"))];
      case "timestamp": {
        const forms = [...shared, binary(of("timestamp"), ["+", "-"], of("duration"))];
        if (!this.#leftOut.includes("duration + timestamp"))
          forms.push(binary(of("duration"), ["+"], of("timestamp")));
        return forms;
      }
      case "duration": {
        const forms = [...shared, binary(of("timestamp"), ["-"], of("timestamp"))];
        if (!this.#leftOut.includes("duration + duration"))
          forms.push(binary(of("duration"), ["+", "-"], of("duration")));
        return forms;
      }
    }
  }

  #bools(scope: Scope, depth: number): Source[] {
    const of = (one: Sort) => this.expression(one, scope, depth);
    const method = (names: readonly string[], argument: Source) =>
      fc
        .tuple(of("string"), fc.constantFrom(...names), argument)
        .map(([subject, name, given]) => `${subject}.${name}(${given})`);
    const patterns = fc.constantFrom('"a.*"', '"^[a-z]+-[0-9]$"', '""', '"^[ab]b$"');
    return [
      of("bool").map((operand) => `!${operand}`),
      binary(of("bool"), ["&&", "||", "==", "!="], of("bool")),
      fc
        .tuple(fc.array(of("bool"), { minLength: 3, maxLength: 5 }), fc.constantFrom("&&", "||"))
        .map(([operands, sign]) => `(${operands.join(` ${sign} `)})`),
      binary(of("int"), COMPARISONS, of("int")),
      binary(of("string"), COMPARISONS, of("string")),
      binary(of("timestamp"), COMPARISONS, of("timestamp")),
      binary(of("duration"), COMPARISONS, of("duration")),
      method(["startsWith", "endsWith", "contains"], of("string")),
      method(["matches"], patterns),
      binary(of("string"), ["in"], this.#list("string", scope, depth)),
      binary(of("timestamp"), ["in"], this.#list("timestamp", scope, depth)),
      ...unbound(scope).map(([name, over]) =>
        fc
          .tuple(fc.constantFrom("all", "exists", "exists_one"), this.expression("bool", scope + name, depth))
          .map(([macro, condition]) => `${over}.${macro}(${name}, ${condition})`),
      ),
    ];
  }

  #ints(scope: Scope, depth: number): Source[] {
    const of = (one: Sort) => this.expression(one, scope, depth);
    const part = (getters: readonly string[], ...zones: readonly string[]) =>
      fc
        .tuple(of("timestamp"), fc.constantFrom(...getters), fc.constantFrom(...zones))
        .map(([subject, getter, zone]) => `${subject}.${getter}(${zone})`);
    const forms = [
      binary(of("int"), ["+", "-", "*", "/", "%"], of("int")),
      of("int").map((operand) => `-(${operand})`),
      of("string").map((operand) => `size(${operand})`),
      this.#list("string", scope, depth).map((operand) => `${operand}.size()`),
      this.#list("int", scope, depth).map((operand) => `size(${operand})`),
      part(["getFullYear", "getMonth", "getDate", "getDayOfMonth", "getDayOfWeek"], ""),
      part(["getHours", "getMinutes", "getSeconds", "getMilliseconds"], ""),
      of("duration").map((operand) => `${operand}.getMinutes()`),
    ];
    if (!this.#leftOut.includes("time zones"))
      forms.push(
        part(["getDayOfYear"], ""),
        part(
          ["getFullYear", "getDayOfWeek", "getDayOfYear", "getHours", "getMinutes"],
          '"America/New_York"',
          '"Asia/Kolkata"',
          '"+02:00"',
          '"-09:30"',
        ),
      );
    return forms;
  }

  /** A list: a fact, a literal, or collected by a macro. */
  #list(sort: "string" | "int" | "timestamp", scope: Scope, depth: number): Source {
    const fact = { string: "item.tickets", int: "item.sizes", timestamp: "item.times" }[sort];
    const literal = fc
      .array(this.expression(sort, scope, 0), { minLength: 1, maxLength: 3 })
      .map((elements) => `[${elements.join(", ")}]`);
    const below = Math.max(0, depth - 1);
    const collected = unbound(scope).map(([name, over]) =>
      fc
        .tuple(
          this.expression("bool", scope + name, below),
          this.expression(sort, scope + name, below),
          fc.nat(2),
        )
        .map(([condition, value, form]) => {
          if (form === 0 || this.#leftOut.includes("choices")) return `${over}.map(${name}, ${value})`;
          if (form === 1) return `${over}.map(${name}, ${condition}, ${value})`;
          return over === fact ? `${over}.filter(${name}, ${condition})` : fact;
        }),
    );
    return fc.oneof(fc.constant(fact), literal, ...collected);
  }
}

function binary(left: Source, operators: readonly string[], right: Source): Source {
  return fc
    .tuple(left, fc.constantFrom(...operators), right)
    .map(([first, operator, second]) => `(${first} ${operator} ${second})`);
}

function unbound(scope: Scope): [name: string, over: string][] {
  return Object.entries(LISTS).filter(([name]) => !scope.includes(name));
}

function leaves(sort: Sort, scope: Scope): Source[] {
  const bound = (name: string, ...sources: string[]) => (scope.includes(name) ? sources : []);
  switch (sort) {
    case "bool":
      return [
        fc.constantFrom("true", "item.direct", "item.draft"),
        fc.constantFrom("has(item.due)", "has(item.meta.owner)", ...bound("a", "a.bot", "!a.bot")),
      ];
    case "int":
      return [
        smallInt.map(String),
        fc.constantFrom("item.count", "item.limit", "item.meta.level", "item.sizes[0]"),
        fc.constantFrom("item.count", ...bound("a", "a.weight"), ...bound("k", "k")),
      ];
    case "string":
      return [
        smallText.map((value) => JSON.stringify(value)),
        fc.constantFrom("item.author", "item.title", "item.day", "item.tickets[0]"),
        fc.constantFrom("item.meta.owner", ...bound("a", "a.person"), ...bound("t", "t")),
      ];
    case "timestamp":
      return [
        fc.constantFrom("item.at", "item.due", 'timestamp("2025-12-31T23:59:59.999+01:00")'),
        fc.constantFrom("item.at", ...bound("a", "a.at"), ...bound("w", "w")),
      ];
    case "duration":
      return [fc.constantFrom('duration("1h30m")', 'duration("-1ms")', "(item.due - item.at)")];
  }
}

/** The source of a rule of the profile, that is, of a bool. */
export function rules(...leftOut: readonly LeaveOut[]): Source {
  const generator = new Generator(leftOut);
  return fc.integer({ min: 1, max: 3 }).chain((depth) => generator.expression("bool", "", depth));
}

test("every generated rule is of the profile", () => {
  fc.assert(
    fc.property(rules(), (source) => {
      const compiled = compileRule(source, environment);
      assert.ok(compiled.ok, compiled.ok ? "" : `${source}\n${JSON.stringify(compiled.error)}`);
    }),
    { numRuns: 300 },
  );
});
