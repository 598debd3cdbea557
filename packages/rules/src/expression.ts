/** The syntax tree of the profile: what a rule may be made of, before names and types are known. */

export type BinaryOperator = "==" | "!=" | "<" | "<=" | ">" | ">=" | "+" | "-" | "*" | "/" | "%" | "in";

type At = {
  /** Where it begins in the source, in UTF-16 code units from 0. */
  readonly at: number;
};

export type Expression = At &
  (
    | { readonly form: "literal"; readonly value: boolean | number | string }
    | { readonly form: "name"; readonly name: string }
    | {
        readonly form: "field";
        readonly object: Expression;
        readonly name: string;
        readonly nameAt: number;
      }
    | { readonly form: "index"; readonly list: Expression; readonly index: Expression }
    | { readonly form: "list"; readonly elements: readonly Expression[] }
    | {
        /** A function, a method (with a target) or a macro. */
        readonly form: "call";
        readonly name: string;
        readonly nameAt: number;
        readonly target?: Expression;
        readonly arguments: readonly Expression[];
      }
    | { readonly form: "not" | "negate"; readonly operand: Expression }
    | {
        readonly form: "logic";
        readonly operator: "&&" | "||";
        readonly operands: readonly Expression[];
      }
    | {
        readonly form: "binary";
        readonly operator: BinaryOperator;
        readonly left: Expression;
        readonly right: Expression;
      }
    | {
        readonly form: "choose";
        readonly condition: Expression;
        readonly yes: Expression;
        readonly no: Expression;
      }
  );
