/**
 * Sentences that cannot be made without a fact. A template is written as a tagged text whose gaps are fact ids; where one
 * of them is absent, the whole sentence is a hole that says what is missing and who owns it. No other way leads to a
 * sentence: words that say nothing of the company are the template's own, under an id of the template.
 */
import { showInvisible } from "../html/markup.ts";
import {
  factId,
  parseFactId,
  type Fact,
  type FactId,
  type Facts,
  type FactValue,
  type Owner,
} from "./facts.ts";

export type NonEmpty<T> = readonly [T, ...T[]];

/** Text between two gaps, or what a fact says. */
export type Part = {
  readonly text: string;
  readonly fact?: FactId;
  /** To be read letter by letter: an id, a rule. Line breaks stay. */
  readonly exact?: true;
};

/** Made by this module only; `isMade` tells. */
export type Sentence = {
  readonly kind: "sentence";
  readonly parts: NonEmpty<Part>;
  readonly facts: NonEmpty<FactId>;
  readonly __brand: "Sentence";
};

/** One fact that a sentence needs and nobody has stated. */
export type Missing = { readonly fact: FactId; readonly what: string; readonly owner: Owner };

/** Where a sentence would stand. */
export type Hole = {
  readonly kind: "hole";
  readonly missing: NonEmpty<Missing>;
  /** What the sentence would have cited, the absent ones among them. */
  readonly facts: NonEmpty<FactId>;
  readonly __brand: "Hole";
};

export type Said = Sentence | Hole;

/** How a fact is put into words. */
export type Reference = {
  readonly fact: FactId;
  readonly words: (value: FactValue) => string;
  readonly exact?: true;
};

export type Gap = FactId | Reference;

/**
 * `say\`${name} is owned by ${owner}.\``: at least one gap, or the text does not type-check.
 * @throws TypeError where a gap is neither a fact id nor a reference: a text that no fact stands behind.
 */
export type Say = (parts: TemplateStringsArray, first: Gap, ...rest: readonly Gap[]) => Said;

const made = new WeakSet<object>();

/** Whether this module made it: what was written by hand or parsed from data was not. */
export function isMade(said: Said): boolean {
  return made.has(said);
}

/** As its words are read, without marks. */
export function textOf(sentence: Sentence): string {
  return sentence.parts.map((part) => part.text).join("");
}

/** A fact as an id or a rule, letter by letter. */
export function exactly(fact: FactId): Reference {
  return { fact, words: plainWords(fact), exact: true };
}

/** Members joined by commas; `none` is said of a list without members. */
export function listed(fact: FactId, none: string): Reference {
  return {
    fact,
    words: (value) => {
      if (typeof value !== "object") throw wrongKind(fact, "a list", value);
      return value.length === 0 ? none : value.join(", ");
    },
  };
}

/** A fact in words of the template's: a count with its noun, a choice between two phrases. */
export function worded(fact: FactId, words: (value: FactValue) => string): Reference {
  return { fact, words };
}

/** A fact that the sentence rests on and does not print. */
export function resting(fact: FactId): Reference {
  return { fact, words: () => "" };
}

function plainWords(fact: FactId): (value: FactValue) => string {
  return (value) => {
    if (typeof value === "object") throw wrongKind(fact, "a text, number or yes and no", value);
    if (typeof value === "boolean") return value ? "yes" : "no";
    return String(value);
  };
}

function wrongKind(fact: FactId, wanted: string, value: FactValue): TypeError {
  return new TypeError(`the template takes ${fact} for ${wanted}, and it is ${JSON.stringify(value)}`);
}

export function sayer(facts: Facts): Say {
  return (texts, ...gaps) => {
    const references = gaps.map(referenceOf);
    const [first] = references;
    // Types can be got around; a sentence without a fact cannot.
    if (first === undefined) throw new TypeError(`no fact stands behind ${JSON.stringify(texts.join(""))}`);
    const cited = unique([first.fact, ...references.map(({ fact }) => fact)]);
    const found = cited.map((id) => facts.find(id));
    const absent = found.filter((fact) => fact.value === undefined);
    if (absent.length > 0) return holeOf(absent, cited);
    const parts: Part[] = [{ text: texts[0] ?? "" }];
    references.forEach((reference, index) => {
      const value = facts.find(reference.fact).value;
      const text = value === undefined ? "" : reference.words(value);
      parts.push({ text, fact: reference.fact, ...(reference.exact && { exact: true }) });
      parts.push({ text: texts[index + 1] ?? "" });
    });
    return sentenceOf(parts, cited);
  };
}

function referenceOf(gap: Gap): Reference {
  if (typeof gap === "object") return { ...gap, fact: checkedId(gap.fact) };
  const fact = checkedId(gap);
  return { fact, words: plainWords(fact) };
}

function checkedId(text: string): FactId {
  const parsed = parseFactId(text);
  if (parsed.ok) return parsed.value;
  throw new TypeError(`${JSON.stringify(text)} is no fact id: it ${parsed.error}`);
}

function unique(ids: NonEmpty<FactId>): NonEmpty<FactId> {
  // A set of at least one member has a first one.
  return [...new Set(ids)] as unknown as NonEmpty<FactId>;
}

function sentenceOf(parts: readonly Part[], facts: NonEmpty<FactId>): Sentence {
  const kept = tidy(parts.map((part) => ({ ...part, text: visible(part.text) })));
  const [first, ...rest] = kept;
  if (first === undefined) throw new TypeError(`the sentence that cites ${facts.join(", ")} says nothing`);
  const sentence: Omit<Sentence, "__brand"> = {
    kind: "sentence",
    parts: Object.freeze<NonEmpty<Part>>([first, ...rest]),
    facts: Object.freeze(facts),
  };
  return brand(sentence as Sentence);
}

/** One line of words: breaks and runs of spaces are the YAML's, not the sentence's. What is exact keeps them. */
function tidy(parts: readonly Part[]): Part[] {
  const kept: Part[] = [];
  let spaced = true;
  for (const part of parts) {
    let text = part.text;
    if (part.exact !== true) {
      text = text.replace(/\s+/g, " ");
      if (spaced) text = text.replace(/^ /, "");
    }
    if (text === "") continue;
    spaced = text.endsWith(" ");
    kept.push({ ...part, text });
  }
  const last = kept.at(-1);
  if (last === undefined || last.exact === true) return kept;
  const text = last.text.replace(/ $/, "");
  return text === "" ? tidy(kept.slice(0, -1)) : [...kept.slice(0, -1), { ...last, text }];
}

function holeOf(absent: readonly Fact[], facts: NonEmpty<FactId>): Hole {
  const missing = absent.map(({ id, what, owner }): Missing => ({
    fact: id,
    what: visible(what),
    owner: shown(owner),
  }));
  const [first, ...rest] = missing;
  if (first === undefined) throw new TypeError("a hole is a place where something is missing");
  const hole: Omit<Hole, "__brand"> = {
    kind: "hole",
    missing: Object.freeze<NonEmpty<Missing>>([first, ...rest]),
    facts: Object.freeze(facts),
  };
  return brand(hole as Hole);
}

/** The brand has no runtime part: membership in `made` is what a forged sentence cannot have. */
function brand<T extends Said>(said: T): T {
  made.add(Object.freeze(said));
  return said;
}

function shown(owner: Owner): Owner {
  switch (owner.kind) {
    case "person":
      return { ...owner, name: visible(owner.name) };
    case "role":
      return { ...owner, role: visible(owner.role) };
    case "unassigned":
      return owner;
  }
}

/** C0 but tab and newline, DEL, C1, line separators, noncharacters, and the characters that change the direction of text. */
const INVISIBLE =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]|\p{Noncharacter_Code_Point}/gu;

/** What no form could show, or what would make a reader see another text than the fact has, is written out. */
export function visible(text: string): string {
  return text.toWellFormed().replace(/\r\n/g, "\n").replace(INVISIBLE, showInvisible);
}

/** The words that belong to a document's template: headings, heads of columns, what a table shows. */
export type Template = {
  readonly name: string;
  readonly version: number;
  /** @param part names the words within the template; it is the last segment of their fact id. */
  readonly words: (part: string, text: string) => Sentence;
};

/** Raise `version` whenever the words of the template change: their fact ids then do, too. */
export function template(name: string, version: number): Template {
  const known = new Map<string, string>();
  return {
    name,
    version,
    words: (part, text) => {
      const fact = factId("template", { id: name, version }, part);
      const before = known.get(fact);
      if (before !== undefined && before !== text)
        throw new TypeError(`${fact} stands for ${JSON.stringify(before)} and ${JSON.stringify(text)}`);
      known.set(fact, text);
      return sentenceOf([{ text, fact }], [fact]);
    },
  };
}
