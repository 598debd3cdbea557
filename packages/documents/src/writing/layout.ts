/**
 * The order and the numbers of a document, shared by every renderer and by the sidecar: a sentence has the same place in
 * all of them.
 */
import type { Block, Cell, List, Paragraph, Table, WrittenDocument } from "./blocks.ts";
import type { FactId } from "./facts.ts";
import { saidOnCard, type Picture } from "./picture/picture.ts";
import { isMade, type Said } from "./sentences.ts";

export type Leaf = {
  readonly block: Paragraph | List | Table | Picture;
  /** Facts for whose sake the block is there. */
  readonly because: readonly FactId[];
};

export type LaidSection = {
  /** "2.1" */
  readonly number: string;
  readonly heading: Said;
  readonly because: readonly FactId[];
  readonly leaves: readonly Leaf[];
  readonly sections: readonly LaidSection[];
};

export type Laid = { readonly leaves: readonly Leaf[]; readonly sections: readonly LaidSection[] };

/** Deeper headings than this no form can show apart. */
const DEPTH_MAX = 6;

/**
 * @throws TypeError on a block that follows a section (a reader would take it for a part of that section), on sections
 * nested deeper than six, and on a sentence that was not made by `say` or a template.
 */
export function lay(document: WrittenDocument): Laid {
  const { front } = document;
  const said: readonly Said[] = [
    front.title,
    front.organization,
    front.notice,
    ...front.entries.flatMap(({ term, said }) => [term, said]),
  ];
  said.forEach(demandMade);
  return layBlocks(document.blocks, "", []);
}

function layBlocks(blocks: readonly Block[], prefix: string, because: readonly FactId[]): Laid {
  const leaves: Leaf[] = [];
  const sections: LaidSection[] = [];
  const add = (block: Block, reasons: readonly FactId[]): void => {
    switch (block.kind) {
      case "because":
        for (const inner of block.blocks) add(inner, [...reasons, block.fact]);
        break;
      case "section": {
        const number = `${prefix}${sections.length + 1}`;
        if (number.split(".").length > DEPTH_MAX)
          throw new TypeError(`section ${number} is nested deeper than ${DEPTH_MAX}`);
        demandMade(block.heading);
        const { heading } = block;
        sections.push({
          number,
          heading,
          because: reasons,
          ...layBlocks(block.blocks, `${number}.`, reasons),
        });
        break;
      }
      default:
        if (sections.length > 0)
          throw new TypeError(
            `a ${block.kind} follows section ${prefix}${sections.length}, which it is no part of`,
          );
        saidIn(block).forEach(({ said }) => demandMade(said));
        leaves.push({ block, because: reasons });
    }
  };
  for (const block of blocks) add(block, because);
  return { leaves, sections };
}

function demandMade(said: Said): void {
  if (!isMade(said))
    throw new TypeError(
      `no fact stands behind ${JSON.stringify(said)}: sentences are made by say or a template`,
    );
}

/** The pictures of a document, in the order of reading. */
export function picturesIn({ leaves, sections }: Laid): readonly Picture[] {
  return [
    ...leaves.flatMap(({ block }) => (block.kind === "picture" ? [block] : [])),
    ...sections.flatMap(picturesIn),
  ];
}

/** Where in a block: all numbers count from 1. */
export type Within =
  | { readonly part: "sentence"; readonly sentence: number }
  | { readonly part: "item"; readonly item: number; readonly sentence: number }
  | { readonly part: "caption" }
  | { readonly part: "head"; readonly column: number }
  /** Of a picture: what stands on a card, from its kind on. */
  | { readonly part: "label"; readonly card: number; readonly label: number }
  | { readonly part: "cell"; readonly row: number; readonly column: number; readonly sentence: number };

export function saidIn(block: Leaf["block"]): readonly { readonly within: Within; readonly said: Said }[] {
  switch (block.kind) {
    case "paragraph":
      return block.sentences.map((said, index) => ({
        within: { part: "sentence", sentence: index + 1 },
        said,
      }));
    case "list":
      return block.items.flatMap((item, index) =>
        item.map((said, at) => ({
          within: { part: "item" as const, item: index + 1, sentence: at + 1 },
          said,
        })),
      );
    case "picture":
      return [
        { within: { part: "caption" }, said: block.caption },
        ...block.columns.map((said, index) => ({
          within: { part: "head" as const, column: index + 1 },
          said,
        })),
        ...block.cards.flatMap((card, index) =>
          saidOnCard(card).map((said, at) => ({
            within: { part: "label" as const, card: index + 1, label: at + 1 },
            said,
          })),
        ),
      ];
    case "table":
      return [
        { within: { part: "caption" }, said: block.caption },
        ...block.columns.map(({ head }, index) => ({
          within: { part: "head" as const, column: index + 1 },
          said: head,
        })),
        ...block.rows.flatMap((row, index) => row.flatMap((cell, at) => saidInCell(cell, index + 1, at + 1))),
      ];
  }
}

function saidInCell(cell: Cell, row: number, column: number) {
  return cell.map((said, index) => ({
    within: { part: "cell" as const, row, column, sentence: index + 1 },
    said,
  }));
}

/** Where in a document. */
export type Place =
  | { readonly part: "front"; readonly entry: "title" | "organization" | "notice" }
  | { readonly part: "front-term" | "front-entry"; readonly entry: number }
  | { readonly part: "heading"; readonly section: string }
  /** `section` is absent before the first heading; `block` counts what stands directly in the section. */
  | ({ readonly section?: string; readonly block: number } & Within);

export type Placed = {
  readonly place: Place;
  readonly said: Said;
  readonly because: readonly FactId[];
};

/** Everything that a document says, in the order of reading. */
export function* placed(document: WrittenDocument): Generator<Placed> {
  const { front } = document;
  const laid = lay(document);
  yield { place: { part: "front", entry: "title" }, said: front.title, because: [] };
  yield { place: { part: "front", entry: "organization" }, said: front.organization, because: [] };
  for (const [index, { term, said }] of front.entries.entries()) {
    yield { place: { part: "front-term", entry: index + 1 }, said: term, because: [] };
    yield { place: { part: "front-entry", entry: index + 1 }, said, because: [] };
  }
  yield { place: { part: "front", entry: "notice" }, said: front.notice, because: [] };
  yield* placedLeaves(laid.leaves, undefined);
  for (const section of laid.sections) yield* placedSection(section);
}

function* placedSection(section: LaidSection): Generator<Placed> {
  const { number, heading, because } = section;
  yield { place: { part: "heading", section: number }, said: heading, because };
  yield* placedLeaves(section.leaves, number);
  for (const inner of section.sections) yield* placedSection(inner);
}

function* placedLeaves(leaves: readonly Leaf[], section: string | undefined): Generator<Placed> {
  for (const [index, { block, because }] of leaves.entries())
    for (const { within, said } of saidIn(block))
      yield {
        place: { ...(section !== undefined && { section }), block: index + 1, ...within },
        said,
        because,
      };
}
