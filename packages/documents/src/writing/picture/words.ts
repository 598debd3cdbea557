/** The words of a picture as every form prints them, and the whole of it as text for a terminal. */
import { holeOwner, plainText } from "../forms/printed.ts";
import type { Said } from "../sentences.ts";
import type { Card, Label, Picture } from "./picture.ts";

export type Line = { readonly text: string; readonly look: "kind" | "title" | "plain" | "hole" };

/** On the picture a hole says of what it is by its place; the sidecar and the table have all of its words. */
function shortOf(said: Said, head: string): Line {
  if (said.kind === "sentence") return { text: `${head}${plainText([said])}`, look: "plain" };
  return { text: `${head}MISSING (owner: ${holeOwner(said)})`, look: "hole" };
}

export function lineOfLabel({ head, said }: Label): Line {
  return shortOf(said, `${plainText([head])}: `);
}

export function lineOfArrow(label: Said): Line {
  return shortOf(label, "→ ");
}

export function headOfCard({ kind, title }: Card): readonly Line[] {
  const line = shortOf(title, "");
  return [
    { text: plainText([kind]), look: "kind" },
    { ...line, look: line.look === "hole" ? "hole" : "title" },
  ];
}

/** Cards with what stands on them and where their arrows lead, in the order of the columns. */
export function textOfPicture({ columns, cards }: Picture): readonly string[] {
  return columns.flatMap((column, index) => {
    const here = cards.filter((card) => card.column === index);
    return here.length === 0
      ? []
      : ["", plainText([column]).toUpperCase(), ...here.flatMap((card) => textOfCard(card))];
  });
}

function textOfCard(card: Card): readonly string[] {
  const [kind, title] = headOfCard(card);
  return [
    `${title?.text ?? ""} (${kind?.text ?? ""})`,
    ...card.labels.map((label) => `  ${lineOfLabel(label).text}`),
    ...card.arrows.map(({ label }) => `  ${lineOfArrow(label).text}`),
  ];
}
