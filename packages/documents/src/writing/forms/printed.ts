/** What every form prints of a sentence, and how a hole reads: the same words in each. */
import type { Owner } from "../facts.ts";
import type { Hole, Said } from "../sentences.ts";

/** A run of one look. `exact` is read letter by letter; a `hole` is marked so that nobody overlooks it. */
export type Span = { readonly look: "plain" | "exact" | "hole"; readonly text: string };

export const SAMPLE_DATA = "SAMPLE DATA: INVENTED COMPANY";

/** What stands for a picture where it cannot be seen. */
export const TABLE_BELOW = "The table below says the same in words.";

export function spansOf(said: Said): readonly Span[] {
  if (said.kind === "hole") return [{ look: "hole", text: holeText(said) }];
  const spans: Span[] = [];
  for (const { text, exact } of said.parts) {
    const look = exact === true ? "exact" : "plain";
    const last = spans.at(-1);
    if (last?.look === look) spans[spans.length - 1] = { look, text: last.text + text };
    else spans.push({ look, text });
  }
  return spans;
}

/** Sentences one after the other, with a space between. */
export function spansOfAll(all: readonly Said[]): readonly Span[] {
  return all.flatMap((said, index): readonly Span[] =>
    index === 0 ? spansOf(said) : [{ look: "plain", text: " " }, ...spansOf(said)],
  );
}

export function plainText(all: readonly Said[]): string {
  return spansOfAll(all)
    .map((span) => span.text)
    .join("");
}

/** "MISSING: the procedure of CHG-01 (owner: Ada Example)" */
export function holeText(hole: Hole): string {
  return `MISSING: ${hole.missing.map(({ what, owner }) => `${what} (owner: ${ownerWords(owner)})`).join("; ")}`;
}

/** Of the first fact that is missing. */
export function holeOwner(hole: Hole): string {
  return ownerWords(hole.missing[0].owner);
}

function ownerWords(owner: Owner): string {
  switch (owner.kind) {
    case "person":
      return owner.name;
    case "role":
      return owner.role;
    case "unassigned":
      return "unassigned";
  }
}
