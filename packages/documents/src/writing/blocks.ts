/**
 * A written document as data, before it takes a form: sections, paragraphs of sentences, lists and tables. Renderers read
 * nothing else, so what one form says every form says.
 */
import type { Digest, Instant } from "@countersign/kernel";
import type { FactId, Facts } from "./facts.ts";
import type { Picture } from "./picture/picture.ts";
import { sayer, type NonEmpty, type Said, type Sentence } from "./sentences.ts";

export type Paragraph = { readonly kind: "paragraph"; readonly sentences: NonEmpty<Said> };

/** A list of things; each is a paragraph of its own. */
export type List = {
  readonly kind: "list";
  readonly ordered: boolean;
  readonly items: NonEmpty<NonEmpty<Said>>;
};

export type Column = {
  readonly head: Sentence;
  /** Of the table's width, as a share of the sum. */
  readonly width: number;
  /** Names its row: read out before the row's other cells. */
  readonly names?: true;
  /** To be aligned on the last digit. */
  readonly number?: true;
};

/** Sentences of one cell. */
export type Cell = NonEmpty<Said>;

export type Table = {
  readonly kind: "table";
  readonly caption: Said;
  readonly columns: NonEmpty<Column>;
  /** As many cells in each as there are columns. */
  readonly rows: NonEmpty<readonly Cell[]>;
};

export type Section = {
  readonly kind: "section";
  readonly heading: Said;
  readonly blocks: NonEmpty<Block>;
};

/** Blocks that are there because of a fact: the members of a list, the choice between two texts. Shows nothing itself. */
export type Because = {
  readonly kind: "because";
  readonly fact: FactId;
  readonly blocks: NonEmpty<Block>;
};

export type Block = Paragraph | List | Table | Picture | Section | Because;

/** What stands on the first page and in the running head. */
export type Front = {
  readonly title: Sentence;
  readonly organization: Said;
  /** Of whom it is and what it rests on: window, as-of, program, checkpoint. */
  readonly entries: NonEmpty<{ readonly term: Sentence; readonly said: Said }>;
  /** Who made it and what it is not. */
  readonly notice: Sentence;
};

export type WrittenDocument = {
  readonly name: string;
  /** Of the template. */
  readonly version: number;
  /** BCP 47. */
  readonly language: "en";
  /** Of the invented company: every page says so. */
  readonly sampleData: boolean;
  /** Wide tables stand across. */
  readonly landscape: boolean;
  readonly front: Front;
  readonly blocks: NonEmpty<Block>;
  /** The last thing that the document rests on happened then: the date of its files. */
  readonly asOf: Instant;
  /** Of the program that it was written from. */
  readonly program: Digest;
};

export function paragraph(first: Said, ...rest: readonly Said[]): Paragraph {
  return { kind: "paragraph", sentences: [first, ...rest] };
}

/** @throws TypeError on a section without a block: it would be a heading over nothing. */
export function section(heading: Said, blocks: readonly Block[]): Section {
  return { kind: "section", heading, blocks: nonEmpty(blocks, "a section") };
}

export function list(
  items: readonly (Said | NonEmpty<Said>)[],
  { ordered = false }: { readonly ordered?: boolean } = {},
): List {
  const each = items.map((item): NonEmpty<Said> => ("kind" in item ? [item] : item));
  return { kind: "list", ordered, items: nonEmpty(each, "a list") };
}

/** @throws TypeError where there is no row, or one with more or fewer cells than there are columns. */
export function table(
  caption: Said,
  columns: NonEmpty<Column>,
  rows: readonly (readonly (Said | Cell)[])[],
): Table {
  const cells = rows.map((row, index) => {
    if (row.length !== columns.length)
      throw new TypeError(`row ${index + 1} has ${row.length} cells under ${columns.length} heads`);
    return row.map((cell): Cell => ("kind" in cell ? [cell] : cell));
  });
  return { kind: "table", caption, columns, rows: nonEmpty(cells, "a table") };
}

export function nonEmpty<T>(all: readonly T[], what: string): NonEmpty<T> {
  const [first, ...rest] = all;
  if (first === undefined) throw new TypeError(`${what} without content`);
  return [first, ...rest];
}

/**
 * Blocks for the members of a list. An absent list is one hole, and a list without members is what `none` says: a sentence
 * that must rest on the list, so that "there is none" is a fact as well.
 */
export function forEach(
  facts: Facts,
  fact: FactId,
  {
    none,
    some,
  }: { readonly none: () => Said; readonly some: (members: NonEmpty<string>) => readonly Block[] },
): Because {
  return given(facts, fact, (value) => {
    if (!Array.isArray(value)) throw new TypeError(`the template takes ${fact} for a list`);
    const [first, ...rest] = value as readonly string[];
    if (first !== undefined) return some([first, ...rest]);
    const said = none();
    if (!said.facts.includes(fact))
      throw new TypeError(`what is said of an empty ${fact} must rest on it: cite it with resting()`);
    return [paragraph(said)];
  });
}

/** Blocks that depend on what a fact says. Absent, there is one hole in their place. */
export function given(
  facts: Facts,
  fact: FactId,
  make: (value: NonNullable<ReturnType<Facts["find"]>["value"]>) => readonly Block[],
): Because {
  const { value } = facts.find(fact);
  const blocks = value === undefined ? [paragraph(sayer(facts)`${fact}`)] : make(value);
  return { kind: "because", fact, blocks: nonEmpty(blocks, `what depends on ${fact}`) };
}

/** A text of several paragraphs, as somebody wrote it: blank lines part them. */
export function quoted(facts: Facts, fact: FactId): readonly Block[] {
  const { value } = facts.find(fact);
  if (typeof value !== "string") return [paragraph(sayer(facts)`${fact}`)];
  return value
    .split(/\r?\n[^\S\n]*\r?\n/)
    .filter((text) => text.trim() !== "")
    .map((text) => paragraph(sayer(facts)`${{ fact, words: () => text }}`));
}
