/**
 * Compiles a checked rule to closures. There is one kind of closure for each type of value, so that a bool is always a
 * JavaScript boolean, an int, timestamp or duration always a number, and the engine can keep them unboxed.
 */
import type { Row } from "./accessors.ts";
import { compileArithmetic, compileNegate } from "./compile-arithmetic.ts";
import { compileComparison, compileIn } from "./compile-comparison.ts";
import { compileCollect, compileQuantifier } from "./compile-macros.ts";
import {
  boolField,
  elementReader,
  intField,
  isRow,
  listField,
  malformed,
  NO_ELEMENTS,
  NOTHING,
  objectField,
  textField,
  timestampField,
  type Code,
  type ObjectSource,
} from "./facts.ts";
import {
  CONCAT_CHARACTERS_PER_VISIT,
  PATTERN_CHARACTERS_PER_VISIT,
  SEARCH_COMPARISONS_PER_VISIT,
} from "./limits.ts";
import type { Run } from "./run.ts";
import { sizeOfText } from "./text.ts";
import type { Slot, Typed } from "./typed.ts";

type Op<O extends Typed["op"]> = Extract<Typed, { op: O }>;

export class Compiler {
  readonly run: Run;

  constructor(run: Run) {
    this.run = run;
  }

  bool(node: Typed): Code<boolean> {
    switch (node.op) {
      case "literal": {
        const value = node.value === true;
        return () => value;
      }
      case "field":
        return boolField(node, this.#source(node.object), this.run, true);
      case "not": {
        const { operand: inner } = node;
        if (inner.op === "field") return boolField(inner, this.#source(inner.object), this.run, false);
        const operand = this.bool(inner);
        return () => !operand();
      }
      case "logic":
        return this.#logic(node);
      case "compare":
        return compileComparison(this, node);
      case "in":
        return compileIn(this, node);
      case "has":
        return this.#has(node);
      case "search":
        return this.#search(node);
      case "matches":
        return this.#matches(node);
      case "quantifier":
        return compileQuantifier(this, node);
      default:
        return this.#shared(node, false, (choice) => this.bool(choice));
    }
  }

  /** Ints; timestamps as milliseconds since 1970; durations as milliseconds. */
  number(node: Typed): Code<number> {
    switch (node.op) {
      case "literal": {
        const value = typeof node.value === "number" ? node.value : 0;
        return () => value;
      }
      case "field":
        return (node.fact.type === "timestamp" ? timestampField : intField)(
          node,
          this.#source(node.object),
          this.run,
        );
      case "arithmetic":
        return compileArithmetic(this, node);
      case "negate":
        return compileNegate(this, node);
      case "size":
        return this.#size(node);
      case "part": {
        const { part } = node;
        const of = this.number(node.of);
        return () => part(of());
      }
      default:
        return this.#shared(node, 0, (choice) => this.number(choice));
    }
  }

  text(node: Typed): Code<string> {
    switch (node.op) {
      case "literal": {
        const value = typeof node.value === "string" ? node.value : "";
        return () => value;
      }
      case "field":
        return textField(node, this.#source(node.object), this.run);
      case "concat":
        return this.#concat(node);
      default:
        return this.#shared(node, "", (choice) => this.text(choice));
    }
  }

  list(node: Typed): Code<readonly unknown[]> {
    switch (node.op) {
      case "field":
        return listField(node, this.#source(node.object), this.run);
      case "list": {
        const elements = node.elements.map((element) => this.value(element));
        return () => elements.map((element) => element());
      }
      case "collect":
        return compileCollect(this, node);
      default:
        return this.#shared(node, NO_ELEMENTS, (choice) => this.list(choice));
    }
  }

  object(node: Typed): Code<Row> {
    if (node.op === "field") return objectField(node, this.#source(node.object), this.run);
    return this.#shared(node, NOTHING, (choice) => this.object(choice));
  }

  /** Code for a value of whichever type the node has. */
  value(node: Typed): Code<unknown> {
    switch (node.type.is) {
      case "bool":
        return this.bool(node);
      case "string":
        return this.text(node);
      case "list":
        return this.list(node);
      case "object":
        return this.object(node);
      default:
        return this.number(node);
    }
  }

  /** What every type of value can come from: a variable, an element of a list, a choice. */
  #shared<T>(node: Typed, standIn: T, compile: (node: Typed) => Code<T>): Code<T> {
    switch (node.op) {
      case "variable": {
        // A slot holds values of its own type only: whoever fills it has checked them.
        const slot = node.slot;
        return () => slot.value as T;
      }
      case "index":
        return this.#index(node, standIn);
      case "choose": {
        const { run } = this;
        const condition = this.bool(node.condition);
        const yes = compile(node.yes);
        const no = compile(node.no);
        return () => {
          const before = run.flaws;
          const chosen = condition();
          if (run.flaws !== before) return standIn;
          return chosen ? yes() : no();
        };
      }
      default:
        throw new TypeError(`a ${node.type.is} cannot come from ${node.op}`);
    }
  }

  #source(node: Typed): ObjectSource {
    return node.op === "variable" ? node.slot : this.object(node);
  }

  /** Every operand is evaluated, whatever the others are, so that no absent fact and no error is passed over. */
  #logic({ operator, operands }: Op<"logic">): Code<boolean> {
    const codes = operands.map((operand) => this.bool(operand));
    const [first, second, third] = codes;
    if (first !== undefined && second !== undefined && codes.length <= 3) {
      if (operator === "&&") {
        if (third === undefined)
          return () => {
            const left = first();
            return second() && left;
          };
        return () => {
          const left = first();
          const middle = second();
          return third() && left && middle;
        };
      }
      if (third === undefined)
        return () => {
          const left = first();
          return second() || left;
        };
      return () => {
        const left = first();
        const middle = second();
        return third() || left || middle;
      };
    }
    const all = operator === "&&";
    return () => {
      let result = all;
      for (const code of codes) if (code() !== all) result = !all;
      return result;
    };
  }

  #has({ field }: Op<"has">): Code<boolean> {
    const read = this.value(field);
    return () => {
      read();
      return true;
    };
  }

  #size({ of }: Op<"size">): Code<number> {
    if (of.type.is === "string") {
      const text = this.text(of);
      return () => sizeOfText(text());
    }
    const list = this.list(of);
    return () => list().length;
  }

  #index<T>(node: Op<"index">, standIn: T): Code<T> {
    const { run } = this;
    const list = this.list(node.list);
    const index = this.number(node.index);
    const read = this.reader(node.list);
    return () => {
      const before = run.flaws;
      const elements = list();
      const at = index();
      if (run.flaws !== before) return standIn;
      if (at < 0 || at >= elements.length) {
        run.fail(`There is no element ${at} in a list of ${elements.length}.`);
        return standIn;
      }
      const value = read(elements[at]);
      return value === undefined ? standIn : (value as T);
    };
  }

  /** How to read the elements of a list: facts are checked, and what the rule made itself is taken as it is. */
  reader({ type }: Typed): (value: unknown) => unknown {
    if (type.is !== "list" || type.facts === undefined) return (value) => value;
    return elementReader(type.facts.type, type.facts.path, this.run);
  }

  #concat(node: Op<"concat">): Code<string> {
    const { run } = this;
    const left = this.text(node.left);
    const right = this.text(node.right);
    return () => {
      const head = left();
      const tail = right();
      const visits = Math.floor((head.length + tail.length) / CONCAT_CHARACTERS_PER_VISIT);
      return run.visit(visits) ? head + tail : "";
    };
  }

  #search(node: Op<"search">): Code<boolean> {
    const { run } = this;
    const text = this.text(node.text);
    const sought = this.text(node.sought);
    if (node.how === "startsWith")
      return () => {
        const whole = text();
        return whole.startsWith(sought());
      };
    if (node.how === "endsWith")
      return () => {
        const whole = text();
        return whole.endsWith(sought());
      };
    return () => {
      const whole = text();
      const part = sought();
      const visits = Math.floor((whole.length * part.length) / SEARCH_COMPARISONS_PER_VISIT);
      return run.visit(visits) && whole.includes(part);
    };
  }

  #matches(node: Op<"matches">): Code<boolean> {
    const { run } = this;
    const { pattern } = node;
    const text = this.text(node.text);
    return () => {
      const whole = text();
      return run.visit(Math.floor(whole.length / PATTERN_CHARACTERS_PER_VISIT)) && pattern.test(whole);
    };
  }
}

/** Fills the slot of a variable. @returns false after noting that the value is not what the environment promises */
export type Binding = (value: unknown) => boolean;

export function bindingOf(slot: Slot, fact: Parameters<typeof elementReader>[0], run: Run): Binding {
  if (fact.type === "object")
    return (value) => {
      slot.value = value;
      if (isRow(value)) return true;
      run.fail(malformed(slot.name, fact, value));
      return false;
    };
  const read = elementReader(fact, slot.name, run);
  return (value) => {
    slot.value = read(value);
    return slot.value !== undefined;
  };
}
