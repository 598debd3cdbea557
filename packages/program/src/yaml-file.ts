/** A YAML file as plain JSON, with the line and column of every key and value, so that a problem can point at it. */
import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type Document,
  type Node,
  type Pair,
} from "yaml";
import { err, ok, type Json, type Problem, type Result } from "@countersign/kernel";

/** A file as it was read: UTF-8 text and the path by which messages name it. */
export type TextFile = { readonly path: string; readonly text: string };

/** Keys and indexes from the top of the file. */
export type DataPath = readonly (string | number)[];

const MOST_SYNTAX_PROBLEMS = 5;

export class YamlFile {
  readonly path: string;
  readonly value: Json;
  readonly #document: Document;
  readonly #lines: LineCounter;

  private constructor(path: string, value: Json, document: Document, lines: LineCounter) {
    this.path = path;
    this.value = value;
    this.#document = document;
    this.#lines = lines;
  }

  /**
   * Reads one document of the YAML 1.2 core schema: a date stays the text that it is. What leaves a reader unsure (duplicate keys,
   * aliases, tags, a second document) is refused, and all of it is reported.
   */
  static read(file: TextFile): Result<YamlFile, readonly Problem[]> {
    const lines = new LineCounter();
    const problem = (what: string, offset: number, why: string, next: string): Problem => ({
      code: "yaml",
      what,
      where: placeAt(file.path, lines, offset),
      why,
      next,
    });
    const cannot = `${file.path} cannot be read as YAML`;
    const mend = "Mend the line. A text that holds a colon or a # needs quotes; indent with spaces.";
    try {
      const document = parseDocument(file.text, {
        lineCounter: lines,
        prettyErrors: false,
        schema: "core",
        version: "1.2",
        uniqueKeys: true,
        stringKeys: true,
      });
      // A break early in a file makes the parser stumble over what follows: once for a place, and the first few, are enough.
      const places = new Set<number>();
      const problems = [...document.errors, ...document.warnings]
        .filter(({ pos }) => !places.has(pos[0]) && places.add(pos[0]))
        .slice(0, MOST_SYNTAX_PROBLEMS)
        .map((error) => problem(cannot, error.pos[0], error.message, mend));
      visit(document, {
        Alias: (_, node) => {
          problems.push(
            problem(
              cannot,
              node.range?.[0] ?? 0,
              "an alias (*name) stands for text elsewhere",
              "Write the value out.",
            ),
          );
        },
      });
      if (problems.length > 0) return err(problems);
      return ok(new YamlFile(file.path, document.toJS() as Json, document, lines));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return err([problem(cannot, 0, "it is nested too deeply", "Write it with fewer levels.")]);
    }
  }

  /** "program.yaml:3:5" of the value at a path, or of what encloses it where there is none. Lines and columns count from 1. */
  at(path: DataPath): string {
    return this.#place(this.#node(path)?.range?.[0] ?? 0);
  }

  /** The place of a key of the map at a path. */
  atKey(path: DataPath, key: string): string {
    const map = this.#node(path);
    const pair = isMap(map) ? map.items.find((item) => keyOf(item) === key) : undefined;
    return isNode(pair?.key) ? this.#place(pair.key.range?.[0] ?? 0) : this.at(path);
  }

  /**
   * The place of a character inside a text: exact where the text stands on one line without escapes, else its start.
   * @param line from 1, inside the text
   * @param column from 1, in characters (Unicode code points)
   */
  atCharacter(path: DataPath, line: number, column: number): string {
    const node = this.#node(path);
    if (!isScalar(node) || typeof node.value !== "string" || !node.range) return this.at(path);
    const quote = node.type === "QUOTE_SINGLE" || node.type === "QUOTE_DOUBLE" ? 1 : 0;
    const isVerbatim =
      node.source === node.value && node.range[1] - node.range[0] === node.value.length + 2 * quote;
    if (line !== 1 || !isVerbatim) return this.at(path);
    const before = Array.from(node.value)
      .slice(0, column - 1)
      .join("").length;
    return this.#place(node.range[0] + quote + before);
  }

  #place(offset: number): string {
    return placeAt(this.path, this.#lines, offset);
  }

  #node(path: DataPath): Node | undefined {
    let node: unknown = this.#document.contents;
    for (const step of path) {
      const inner: unknown =
        isMap(node) || isSeq(node)
          ? (node as { get(key: unknown, keep: true): unknown }).get(step, true)
          : undefined;
      if (!isNode(inner) || isAlias(inner)) break;
      node = inner;
    }
    return isNode(node) ? node : undefined;
  }
}

function keyOf(pair: Pair): unknown {
  return isScalar(pair.key) ? pair.key.value : pair.key;
}

function placeAt(path: string, lines: LineCounter, offset: number): string {
  const { line, col } = lines.linePos(offset);
  return `${path}:${Math.max(1, line)}:${Math.max(1, col)}`;
}
