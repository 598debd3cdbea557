/**
 * A written document as a tagged PDF, set by Typst in WebAssembly: it reaches no file, no font of the machine and no
 * network, so that the same document gives the same bytes on every machine. Loaded only when a PDF is asked for.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { epochOf, ProblemError } from "@countersign/kernel";
import type { Cell, Column, Table, WrittenDocument } from "../blocks.ts";
import { lay, type Laid, type LaidSection, type Leaf } from "../layout.ts";
import type { Said } from "../sentences.ts";
import { glyphsOf, withShapes } from "./glyphs.ts";
import { PDF_TEMPLATE } from "./pdf-template.ts";
import { DRAWING_HEIGHT_MAX, drawingsOf, SIZES } from "../picture/drawing.ts";
import type { Picture } from "../picture/picture.ts";
import { plainText, SAMPLE_DATA, spansOfAll, TABLE_BELOW, type Span } from "./printed.ts";

const COMPILER = "@myriaddreamin/typst-ts-web-compiler";

/** By these names the template asks for them. */
export const PDF_FONTS = [
  "DejaVuSansCondensed.ttf",
  "DejaVuSansCondensed-Bold.ttf",
  "DejaVuSansMono.ttf",
] as const;

/** What of the compiler is used. */
type Compiler = {
  add_source(path: string, content: string): boolean;
  map_shadow(path: string, content: Uint8Array): boolean;
  compile(path: string, inputs: undefined, format: "pdf", diagnostics: number): CompilerAnswer;
  free(): void;
};
type CompilerAnswer = { readonly result?: Uint8Array; readonly diagnostics?: readonly unknown[] };
type CompilerBuilder = {
  set_dummy_access_model(): void;
  add_raw_font(font: Uint8Array): Promise<void>;
  build(): Promise<Compiler>;
};
type CompilerModule = {
  readonly TypstCompilerBuilder: new () => CompilerBuilder;
  initSync(options: { readonly module: Uint8Array }): unknown;
};

let loading: Promise<CompilerModule> | undefined;

/** Once in a process: reading and compiling 28 MB takes about a second. */
function loadCompiler(): Promise<CompilerModule> {
  return (loading ??= (async () => {
    try {
      // The package's own types speak of the browser; the members that are used stand above.
      const module = (await import(COMPILER)) as CompilerModule;
      const wasm = readFileSync(fileURLToPath(import.meta.resolve(`${COMPILER}/wasm`)));
      module.initSync({ module: wasm });
      return module;
    } catch (error) {
      loading = undefined;
      throw new ProblemError(
        {
          code: "pdf-unavailable",
          what: "a PDF cannot be made here",
          why: `the package ${COMPILER} cannot be loaded: ${(error as NodeJS.ErrnoException).code ?? String(error)}`,
          next: "install countersign with its optional packages, or take another form: --format docx",
        },
        { cause: error },
      );
    }
  })());
}

/**
 * @param fonts the files of `PDF_FONTS`, in that order.
 * @throws ProblemError where the compiler is not installed.
 */
export async function pdfOf(document: WrittenDocument, fonts: readonly Uint8Array[]): Promise<Uint8Array> {
  const glyphs = fonts.map(glyphsOf);
  const data = dataOf(document, (code) => glyphs.some((has) => has(code)));
  const { TypstCompilerBuilder } = await loadCompiler();
  const builder = new TypstCompilerBuilder();
  builder.set_dummy_access_model();
  for (const font of fonts) await builder.add_raw_font(font);
  const compiler = await builder.build();
  try {
    compiler.add_source("/main.typ", PDF_TEMPLATE);
    compiler.map_shadow("/document.json", Buffer.from(JSON.stringify(data)));
    const { result, diagnostics } = compiler.compile("/main.typ", undefined, "pdf", 2);
    if (result === undefined)
      throw new Error(`the PDF was not set: ${diagnostics?.join("; ") ?? "no reason given"}`);
    return result;
  } finally {
    compiler.free();
  }
}

type PrintedSpan = readonly [look: Span["look"], lines: readonly (readonly string[])[]];

/** How many characters of a size of 8 points stand in the page's width, and lines in its height: few rather than many. */
const CHARACTERS = { portrait: 95, landscape: 130 } as const;
const LINES = { portrait: 56, landscape: 40 } as const;
/** A row that takes more of the page than this may be split; every other is kept whole. */
const WHOLE_SHARE = 0.6;

function dataOf(document: WrittenDocument, has: (codePoint: number) => boolean) {
  const { front, landscape } = document;
  const at = new Date(epochOf(document.asOf));
  const paper = landscape ? "landscape" : "portrait";
  const printer = new Printer(CHARACTERS[paper], LINES[paper], has);
  return {
    title: plainText([front.title]),
    organization: plainText([front.organization]),
    language: document.language,
    landscape,
    sampleData: document.sampleData,
    sampleWords: SAMPLE_DATA,
    date: [
      at.getUTCFullYear(),
      at.getUTCMonth() + 1,
      at.getUTCDate(),
      at.getUTCHours(),
      at.getUTCMinutes(),
      at.getUTCSeconds(),
    ],
    titleSpans: printer.spans([front.title]),
    organizationSpans: printer.spans([front.organization]),
    notice: printer.spans([front.notice]),
    entries: front.entries.map(({ term, said }) => [printer.spans([term]), printer.spans([said])]),
    ...printer.laid(lay(document)),
  };
}

class Printer {
  readonly #characters: number;
  readonly #lines: number;
  readonly #has: (codePoint: number) => boolean;

  constructor(characters: number, lines: number, has: (codePoint: number) => boolean) {
    this.#characters = characters;
    this.#lines = lines;
    this.#has = has;
  }

  /** @param width of the column, in characters: a longer word may be broken anywhere. */
  spans(all: readonly Said[], width = Math.floor(this.#characters / 2)): readonly PrintedSpan[] {
    return spansOfAll(all).map(({ look, text }) => [
      look,
      withShapes(text, this.#has)
        .split("\n")
        .map((line) => piecesOf(line.replaceAll("\t", "    "), width)),
    ]);
  }

  laid({ leaves, sections }: Laid): object {
    return {
      leaves: leaves.map((leaf) => this.#leaf(leaf)),
      sections: sections.map((section: LaidSection) => ({
        number: section.number,
        heading: this.spans([section.heading]),
        ...this.laid(section),
      })),
    };
  }

  #leaf({ block }: Leaf): object {
    switch (block.kind) {
      case "paragraph":
        return { kind: block.kind, spans: this.spans(block.sentences) };
      case "list":
        return {
          kind: block.kind,
          ordered: block.ordered,
          items: block.items.map((item) => this.spans(item)),
        };
      case "picture":
        return this.#picture(block);
      case "table":
        return this.#table(block);
    }
  }

  #picture(picture: Picture): object {
    const alternative = `${plainText([picture.caption])}. ${TABLE_BELOW}`;
    return {
      kind: "picture",
      caption: this.spans([picture.caption]),
      alternative,
      drawings: drawingsOf(picture, DRAWING_HEIGHT_MAX).map(({ words, ...drawing }) => ({
        ...drawing,
        words: words.map((each) => ({
          ...each,
          text: withShapes(each.text, this.#has),
          size: SIZES[each.look],
        })),
      })),
    };
  }

  #table({ caption, columns, rows }: Table): object {
    const sum = columns.reduce((all, { width }) => all + width, 0);
    const widths = columns.map(({ width }) => Math.max(2, Math.floor((this.#characters * width) / sum) - 2));
    const widthOf = (index: number): number => widths[index] ?? 2;
    return {
      kind: "table",
      caption: this.spans([caption]),
      columns: columns.map(({ head, width, names, number }: Column, index) => ({
        head: this.spans([head], widthOf(index)),
        width,
        names: names === true,
        number: number === true,
      })),
      rows: rows.map((row) => ({
        splits: row.some((cell, index) => this.#linesOf(cell, widthOf(index)) > this.#lines * WHOLE_SHARE),
        cells: row.map((cell, index) => this.spans(cell, widthOf(index))),
      })),
    };
  }

  /** At most, as text is set ragged and words are not parted. */
  #linesOf(cell: Cell, width: number): number {
    return plainText(cell)
      .split("\n")
      .reduce((sum, line) => sum + 1 + Math.ceil((line.length * 1.25) / width), 0);
  }
}

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });

/** The text itself; words that are too long part after a sign, and what is still too long letter by letter. */
function piecesOf(line: string, width: number): readonly string[] {
  const pieces: string[] = [""];
  for (const word of line.split(/(\s+)/)) {
    if (word.length <= width) pieces[pieces.length - 1] += word;
    else
      for (const part of word.split(/(?<=[./_(),&|=:-])/)) {
        if (part.length <= width) pieces.push(part);
        else pieces.push(...Array.from(segmenter.segment(part), ({ segment }) => segment));
      }
    if (word.length > width) pieces.push("");
  }
  return pieces.length === 1 ? pieces : pieces.filter((piece) => piece !== "");
}
