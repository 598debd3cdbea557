/**
 * A procedure as a file of the folder: a block that is written from the program, between two marks, and around it whatever
 * people write, which stays as it is to the byte. The first mark holds the digest of the block, so that an edit inside is
 * found and not lost.
 */
import { digestOf, err, ok, type Problem, type Result } from "@countersign/kernel";
import type { ProcedureText } from "../model.ts";

/** Where a control's procedure lies in the folder. */
export function procedurePath(control: string): string {
  return `procedures/${control}.md`;
}

/** @param name in the folder @returns undefined where it is no procedure's */
export function controlOfProcedure(name: string): string | undefined {
  return /^procedures\/([^/]+)\.md$/.exec(name)?.[1];
}

/** The texts of those controls that the program has: what the program records of them. */
export function procedureTexts(
  texts: ReadonlyMap<string, { readonly text: string }>,
  controls: ReadonlySet<string>,
): readonly ProcedureText[] {
  return [...texts]
    .filter(([control]) => controls.has(control))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([control, { text }]) => ({ control, textDigest: digestOf(Buffer.from(text, "utf8")) }));
}

/**
 * - `absent`: there is no file.
 * - `without-block`: the file was written by hand, or both of its marks were taken out.
 * - `edited`: the block is not what was written there.
 * - `out-of-date`: the block is what was written, and the program says otherwise by now.
 * - `current`: it is what the program says.
 */
export type ProcedureState = "absent" | "without-block" | "edited" | "out-of-date" | "current";

type Parts = {
  readonly before: string;
  readonly digest: string;
  readonly block: string;
  readonly after: string;
};

const BEGIN = /^<!-- countersign procedure ([^\s:]*): ([^\n]*)-->\r?$/gm;
const END_WORDS = "end";
const DIGEST = /^written from the program \((sha256:[0-9a-f]{64})\)/;

/** @param now what the program says: the text of `procedureOf` */
export function stateOfProcedure(
  control: string,
  file: string | undefined,
  now: string,
): Result<ProcedureState, Problem> {
  if (file === undefined) return ok("absent");
  const parts = partsOfFile(control, file);
  if (!parts.ok) return parts;
  if (parts.value === undefined) return ok("without-block");
  if (digestOfBlock(parts.value.block) !== parts.value.digest) return ok("edited");
  return ok(withoutReturns(parts.value.block) === now ? "current" : "out-of-date");
}

/**
 * The file as it is to be written.
 * @param file what is there; absent: nothing
 * @param replace gives up what somebody changed inside the block; what stands outside stays even so
 */
export function writtenProcedure(
  control: string,
  file: string | undefined,
  now: string,
  replace = false,
): Result<string, Problem> {
  const block = `${beginMark(control, now)}\n${now}${endMark(control)}\n`;
  if (file === undefined || file === "") return ok(`${block}\n`);
  const parts = partsOfFile(control, file);
  if (!parts.ok) return parts;
  const where = procedurePath(control);
  if (parts.value === undefined)
    return replace
      ? ok(`${block}\n${file}`)
      : err({
          code: "procedure-without-block",
          what: `the procedure of ${control} has no block that was written from the program`,
          where,
          why: "It was written by hand, or the two marks were taken out; what stands there would be printed beside the block.",
          next: `countersign procedure write ${control} --replace puts the block above what is there, and keeps all of it`,
        });
  const { before, block: old, digest, after } = parts.value;
  if (digestOfBlock(old) !== digest && !replace)
    return err({
      code: "procedure-edited",
      what: `the procedure of ${control} was edited between its two marks`,
      where: `${where}:${before.split("\n").length}`,
      why: "What stands there is written from the program, and would be lost.",
      next: `Move what you wrote above or below the marks, or change the control; then countersign procedure write ${control} --replace`,
    });
  return ok(`${before}${block}${after}`);
}

function beginMark(control: string, block: string): string {
  return `<!-- countersign procedure ${control}: written from the program (${digestOfBlock(block)}); write above this line, or below the last one -->`;
}

function endMark(control: string): string {
  return `<!-- countersign procedure ${control}: ${END_WORDS} -->`;
}

/** Git may exchange the ends of lines, which is nobody's edit. */
function digestOfBlock(block: string): string {
  return digestOf(Buffer.from(withoutReturns(block), "utf8"));
}

function withoutReturns(text: string): string {
  return text.replaceAll("\r\n", "\n");
}

/** @returns undefined where there is no mark at all */
function partsOfFile(control: string, file: string): Result<Parts | undefined, Problem> {
  const marks = Array.from(file.matchAll(BEGIN), (match) => {
    const [line, id = "", words = ""] = match;
    const end = match.index + line.length;
    return {
      id,
      digest: DIGEST.exec(words)?.[1],
      isEnd: words.trim() === END_WORDS,
      at: match.index,
      // With the end of the line, which the mark owns.
      end: file[end] === "\n" ? end + 1 : end,
    };
  });
  if (marks.length === 0) return ok(undefined);
  const [begin, end] = marks;
  if (
    marks.length !== 2 ||
    begin?.digest === undefined ||
    end?.isEnd !== true ||
    begin.id !== control ||
    end.id !== control
  )
    return err({
      code: "procedure-marks",
      what: `the marks in the procedure of ${control} are not one pair of its own`,
      where: procedurePath(control),
      why: `There must be one that says that it is written from the program, and after it one end, both with ${control}; found: ${marks.map(({ id, isEnd, digest }) => `${isEnd ? "end" : digest === undefined ? "unreadable mark" : "beginning"} of ${id}`).join(", ")}.`,
      next: "Put the marks back from the folder's history, or move the file away and write it anew.",
    });
  return ok({
    before: file.slice(0, begin.at),
    digest: begin.digest,
    block: file.slice(begin.end, end.at),
    after: file.slice(end.end),
  });
}
