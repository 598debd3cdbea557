/** A picture as data, before it is laid out: cards in four columns, and arrows between them. Each word on it is a sentence. */
import type { NonEmpty, Said, Sentence } from "../sentences.ts";

/** What stands before the words of a label, so that a hole there is short: "kept". */
export type Label = { readonly head: Sentence; readonly said: Said };

export type Arrow = {
  /** Index of the card to which it leads. */
  readonly to: number;
  /** What stands on the card from which it leads, beside its beginning. */
  readonly label: Said;
};

export type Card = {
  /** From 0, left to right. */
  readonly column: number;
  /** Drawn as what it is: no shade of colour alone tells it. */
  readonly look: "outside" | "inside" | "rest";
  readonly kind: Sentence;
  readonly title: Said;
  readonly labels: readonly Label[];
  readonly arrows: readonly Arrow[];
};

/** Its text alternative is the table that follows it. */
export type Picture = {
  readonly kind: "picture";
  readonly caption: Said;
  readonly columns: NonEmpty<Sentence>;
  readonly cards: NonEmpty<Card>;
};

/** Everything on a card, in the order in which it is read. */
export function saidOnCard({ kind, title, labels, arrows }: Card): readonly Said[] {
  return [
    kind,
    title,
    ...labels.flatMap(({ head, said }) => [head, said]),
    ...arrows.map(({ label }) => label),
  ];
}
