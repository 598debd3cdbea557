/** The picture of the data as a file of its own, as text for a terminal, and its sidecar. */
import { dataPictureDocument } from "../description/data-picture.ts";
import { plainText, SAMPLE_DATA } from "../forms/printed.ts";
import type { Source } from "../gathered/source.ts";
import { lay, picturesIn } from "../layout.ts";
import { sidecarOf, sidecarText, type Sidecar } from "../sidecar.ts";
import { drawingsOf } from "./drawing.ts";
import { svgFile } from "./svg.ts";
import { textOfPicture } from "./words.ts";

export type DataPicture = {
  /** SVG. */
  readonly picture: Uint8Array;
  readonly sidecar: Uint8Array;
  readonly holes: Sidecar["holes"];
  readonly text: readonly string[];
};

/** @returns undefined where the program names neither a store nor a flow on the day */
export function dataPictureFile(source: Source): DataPicture | undefined {
  const document = dataPictureDocument(source);
  const [picture] = picturesIn(lay(document));
  if (picture === undefined) return undefined;
  const name = `${plainText([document.front.organization])} · ${plainText([picture.caption])}`;
  const title = document.sampleData ? `${SAMPLE_DATA} · ${name}` : name;
  const text = [title, ...textOfPicture(picture)];
  return {
    picture: svgFile(drawingsOf(picture), title, text),
    sidecar: Buffer.from(sidecarText(document)),
    holes: sidecarOf(document).holes,
    text,
  };
}
