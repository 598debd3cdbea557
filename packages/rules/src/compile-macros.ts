/** Macros. Each visits every element, even after its answer is settled: an absent fact further on still counts. */
import type { Compiler } from "./compile.ts";
import { isRow, malformed, NO_ELEMENTS, type Code } from "./facts.ts";
import type { Quantifier, Typed } from "./typed.ts";

type Op<O extends Typed["op"]> = Extract<Typed, { op: O }>;

/** Each macro counts the elements for which its condition is `counted`, and holds when the count is in its range. */
const QUANTIFIERS: {
  readonly [name in Quantifier]: {
    readonly counted: boolean;
    readonly least: number;
    readonly most: number;
  };
} = {
  all: { counted: false, least: 0, most: 0 },
  exists: { counted: true, least: 1, most: Number.MAX_SAFE_INTEGER },
  exists_one: { counted: true, least: 1, most: 1 },
};

export function compileQuantifier(compiler: Compiler, node: Op<"quantifier">): Code<boolean> {
  const { run } = compiler;
  const { slot } = node;
  const { counted, least, most } = QUANTIFIERS[node.name];
  const list = compiler.list(node.list);
  const predicate = compiler.bool(node.predicate);
  const facts = node.list.type.is === "list" ? node.list.type.facts : undefined;
  if (facts?.type.type === "object") {
    const { path, type } = facts;
    return () => {
      const before = run.flaws;
      const elements = list();
      if (run.flaws !== before || !run.visit(elements.length)) return false;
      let count = 0;
      for (let i = 0; i < elements.length; i++) {
        const element = elements[i];
        if (isRow(element)) {
          slot.value = element;
          if (predicate() === counted) count++;
        } else run.fail(malformed(path, type, element));
      }
      return count >= least && count <= most;
    };
  }
  const read = compiler.reader(node.list);
  return () => {
    const before = run.flaws;
    const elements = list();
    if (run.flaws !== before || !run.visit(elements.length)) return false;
    let count = 0;
    for (const raw of elements) {
      const element = read(raw);
      if (element === undefined) continue;
      slot.value = element;
      if (predicate() === counted) count++;
    }
    return count >= least && count <= most;
  };
}

export function compileCollect(compiler: Compiler, node: Op<"collect">): Code<readonly unknown[]> {
  const { run } = compiler;
  const { slot } = node;
  const list = compiler.list(node.list);
  const read = compiler.reader(node.list);
  const predicate = node.predicate === undefined ? () => true : compiler.bool(node.predicate);
  // filter keeps the elements as they stand in the item, so that its result is read as its source is.
  const transform = node.transform === undefined ? undefined : compiler.value(node.transform);
  return () => {
    const before = run.flaws;
    const elements = list();
    if (run.flaws !== before || !run.visit(elements.length)) return NO_ELEMENTS;
    const collected: unknown[] = [];
    for (const raw of elements) {
      const element = read(raw);
      if (element === undefined) continue;
      slot.value = element;
      if (predicate()) collected.push(transform === undefined ? raw : transform());
    }
    return collected;
  };
}
