/** What is wrong with a rule, where, and what to write instead. */
import { sizeOfText } from "./text.ts";

export type RuleProblem = {
  readonly code: "syntax" | "unknown-name" | "type" | "not-in-profile" | "limit";
  /** One sentence. */
  readonly message: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in characters as a reader counts them (Unicode code points). */
  readonly column: number;
  /** One sentence that says what to write instead. */
  readonly suggestion?: string;
};

export function problemAt(
  source: string,
  offset: number,
  code: RuleProblem["code"],
  message: string,
  suggestion?: string,
): RuleProblem {
  const before = source.slice(0, offset);
  const lineStart = before.lastIndexOf("\n") + 1;
  const line = before.split("\n").length;
  const column = sizeOfText(before.slice(lineStart)) + 1;
  return {
    code,
    message,
    line,
    column,
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}

/** "Did you mean `approvals`?", where a known name is near enough to the one that was written. */
export function didYouMean(written: string, known: Iterable<string>): string | undefined {
  const name = nearestName(written, known);
  return name === undefined ? undefined : `Did you mean \`${name}\`?`;
}

/** The known name at the smallest edit distance, if a third of the letters or fewer differ. The first one wins a tie. */
export function nearestName(written: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(written.length / 3)) + 1;
  for (const name of known) {
    const distance = editDistance(written.toLowerCase(), name.toLowerCase());
    if (distance < bestDistance) {
      best = name;
      bestDistance = distance;
    }
  }
  return best;
}

/** Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment). */
function editDistance(from: string, to: string): number {
  // Rows of a table that is one longer and wider than the two words, so that every index below is inside it.
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1];
      let cost = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      if (swapped) cost = Math.min(cost, at(beforeLast, j - 2) + 1);
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return at(last, to.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
