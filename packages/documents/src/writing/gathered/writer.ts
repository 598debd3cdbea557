/** What every template of these documents writes with. */
import {
  forEach,
  section,
  table,
  type Block,
  type Column,
  type Section,
  type WrittenDocument,
} from "../blocks.ts";
import type { FactId, Facts } from "../facts.ts";
import { dated, writtenDocument } from "../front.ts";
import {
  listed,
  resting,
  sayer,
  template,
  worded,
  type NonEmpty,
  type Reference,
  type Said,
  type Say,
  type Sentence,
} from "../sentences.ts";
import type { Source } from "./source.ts";

export type Writer = {
  readonly facts: Facts;
  readonly say: Say;
  /** Words of the template's own; `part` names them. */
  readonly words: (part: string, text: string) => Sentence;
};

export type DocumentTemplate = {
  readonly name: string;
  /** Raised whenever its words change. */
  readonly version: number;
  readonly title: string;
  readonly write: (writer: Writer) => readonly Block[];
};

/** @returns the same document for the same facts */
export function written({ name, version, title, write }: DocumentTemplate, source: Source): WrittenDocument {
  const words = template(name, version);
  const writer: Writer = { facts: source.facts, say: sayer(source.facts), words: words.words };
  return writtenDocument({ template: words, title, ...source }, write(writer));
}

export type Head = readonly [part: string, words: string, width: number];

/**
 * A table with a row for each member of a list. Of a list without members `none` is said; of an absent one, that it is
 * missing.
 */
export function tableOf(
  writer: Writer,
  list: FactId,
  {
    part,
    caption,
    none,
    heads,
    row,
  }: {
    readonly part: string;
    readonly caption: string;
    readonly none: string;
    readonly heads: NonEmpty<Head>;
    readonly row: (member: string) => readonly (Said | NonEmpty<Said>)[];
  },
): Block {
  const [first, ...rest] = heads;
  const column = ([id, words, width]: Head): Column => ({
    head: writer.words(`${part}-${id}`, words),
    width,
  });
  return forEach(writer.facts, list, {
    none: () => plain(writer, list, none),
    some: (members) => [
      table(
        writer.words(`${part}-caption`, caption),
        [{ ...column(first), names: true }, ...rest.map(column)],
        members.map(row),
      ),
    ],
  });
}

/** Words that rest on a fact and do not print it. */
export function plain({ say }: Writer, fact: FactId, words: string): Said {
  return say`${worded(fact, () => words)}`;
}

export function headed({ words }: Writer, part: string, heading: string, blocks: readonly Block[]): Section {
  return section(words(part, heading), blocks);
}

/** "customer-content" as "customer content". */
export function spaced(fact: FactId): Reference {
  return worded(fact, (value) => String(value).replaceAll("-", " "));
}

export function spacedList(fact: FactId, none: string): Reference {
  const { words } = listed(fact, none);
  return { fact, words: (value) => words(value).replaceAll("-", " ") };
}

/** Nothing where the thing holds the whole time, else "(from 2026-03-01)". */
export function whenInForce(fact: FactId): Reference {
  return worded(fact, (value) => (value === "the whole time" ? "" : ` (${String(value)})`));
}

export { dated, listed, resting, worded };
