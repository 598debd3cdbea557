/**
 * Lines of a Markdown page out of words that the company wrote: wrapped, and such that none of those words can begin a
 * block, a tag or a comment of its own. A missing fact is printed so that nobody overlooks it.
 */

/** In characters: what a printed line holds. */
export const LINE_WIDTH = 90;

/** What would begin a list, a heading, a quotation, a table, a rule or a tag if it stood first in a line. */
const BEGINS_A_BLOCK = /^(?:[-+*]|\d+[.)]|#{1,6}|>|<|\||=+$|-{2,}|_{3}|\*{3}|`{3}|~{3})/;

/** Words in one line of spaces; `<` is written out, so that no text is a tag or a comment. */
export function plain(text: string): string {
  return oneLine(text).replaceAll("<", "&lt;");
}

/** What a terminal would obey, or what turns the direction of text, is no word. */
const INVISIBLE = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").replace(INVISIBLE, "\ufffd").trim();
}

/** A space at which no line is parted. */
const HELD = "\u0001";

/** For a command, which must be copied in one piece. */
export function unparted(text: string): string {
  return text.replaceAll(" ", HELD);
}

/** Read letter by letter. What holds backticks stands between more of them (CommonMark, section 6.1). */
export function code(text: string): string {
  const line = oneLine(text);
  const longest = Math.max(0, ...Array.from(line.matchAll(/`+/g), ([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const pad = longest > 0 ? " " : "";
  return `${fence}${pad}${line}${pad}${fence}`;
}

/** As every document prints it: "MISSING: the owner of CHG-01 (owner: head of engineering)". */
export function hole(what: string, owner: string): string {
  return `**MISSING: ${plain(what)} (owner: ${plain(owner)})**`;
}

/** @param first what the first line begins with ("- "); the others are indented as far. */
export function wrapped(text: string, first = "", rest = " ".repeat(first.length)): readonly string[] {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.split(" ").filter((each) => each !== "")) {
    const fits = line.length + 1 + word.length <= LINE_WIDTH;
    // A word that would begin a block stays where it is, even where the line becomes too long.
    if (isEmpty || fits || BEGINS_A_BLOCK.test(word)) line += isEmpty ? word : ` ${word}`;
    else {
      lines.push(line);
      line = `${rest}${word}`;
    }
    isEmpty = false;
  }
  return isEmpty ? [] : [...lines, line].map((each) => each.replaceAll(HELD, " "));
}

/** A command of several lines, as a shell takes it. */
export function command(words: readonly string[]): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of words) {
    const next = line === "" ? word : `${line} ${word}`;
    if (next.length + 2 > LINE_WIDTH) {
      lines.push(`${line} \\`);
      line = `  ${word}`;
    } else line = next;
  }
  return [...lines, line];
}

/** Lines of a page as it is printed: those that are too long count for as many as they take. */
export function printedLines(page: string): number {
  return page.split("\n").reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / LINE_WIDTH)), 0);
}
