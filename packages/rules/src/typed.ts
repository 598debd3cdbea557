/** A rule whose names and types are known: what the checker hands to the compiler. */
import type { FieldType } from "@countersign/records";
import type { FactPath, ListType, Type } from "./types.ts";

/** Holds the value of one variable during an evaluation: the item, or a macro's current element. */
export type Slot = { readonly name: string; readonly type: Type; value: unknown };

/** Reads one fact of an object. */
export type FieldRead = {
  readonly op: "field";
  readonly type: Type;
  readonly object: Typed;
  readonly name: string;
  readonly fact: FieldType;
  readonly required: boolean;
  readonly path: FactPath;
  /** The path's place in the rule's list of reads. */
  readonly read: number;
};

export type ComparisonOperator = "==" | "!=" | "<" | "<=" | ">" | ">=";
export type TextSearch = "startsWith" | "endsWith" | "contains";
export type Quantifier = "all" | "exists" | "exists_one";

export type Typed =
  | { readonly op: "literal"; readonly type: Type; readonly value: boolean | number | string }
  | { readonly op: "variable"; readonly type: Type; readonly slot: Slot }
  | FieldRead
  | { readonly op: "index"; readonly type: Type; readonly list: Typed; readonly index: Typed }
  | { readonly op: "list"; readonly type: ListType; readonly elements: readonly Typed[] }
  | { readonly op: "not"; readonly type: Type; readonly operand: Typed }
  | { readonly op: "negate"; readonly type: Type; readonly operand: Typed }
  | {
      readonly op: "logic";
      readonly type: Type;
      readonly operator: "&&" | "||";
      readonly operands: readonly Typed[];
    }
  | {
      readonly op: "compare";
      readonly type: Type;
      readonly operator: ComparisonOperator;
      readonly left: Typed;
      readonly right: Typed;
    }
  | {
      /** On ints, timestamps and durations; both are numbers of milliseconds here. */
      readonly op: "arithmetic";
      readonly type: Type;
      readonly operator: "+" | "-" | "*" | "/" | "%";
      readonly left: Typed;
      readonly right: Typed;
    }
  | { readonly op: "concat"; readonly type: Type; readonly left: Typed; readonly right: Typed }
  | { readonly op: "in"; readonly type: Type; readonly value: Typed; readonly list: Typed }
  | {
      readonly op: "choose";
      readonly type: Type;
      readonly condition: Typed;
      readonly yes: Typed;
      readonly no: Typed;
    }
  | { readonly op: "has"; readonly type: Type; readonly field: FieldRead }
  | { readonly op: "size"; readonly type: Type; readonly of: Typed }
  | {
      readonly op: "search";
      readonly type: Type;
      readonly how: TextSearch;
      readonly text: Typed;
      readonly sought: Typed;
    }
  | {
      readonly op: "matches";
      readonly type: Type;
      readonly text: Typed;
      readonly pattern: { test(text: string): boolean };
    }
  | {
      /** A part of a timestamp in a zone, or of a duration. */
      readonly op: "part";
      readonly type: Type;
      readonly of: Typed;
      readonly part: (milliseconds: number) => number;
    }
  | {
      readonly op: "quantifier";
      readonly type: Type;
      readonly name: Quantifier;
      readonly list: Typed;
      readonly slot: Slot;
      readonly predicate: Typed;
    }
  | {
      /** filter(x, p), map(x, t) and map(x, p, t). */
      readonly op: "collect";
      readonly type: ListType;
      readonly list: Typed;
      readonly slot: Slot;
      readonly predicate?: Typed;
      readonly transform?: Typed;
    };
