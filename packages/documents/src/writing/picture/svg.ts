/** A drawing as SVG: for a page, whose stylesheet gives the colours, or as a file of its own for light and dark. */
import { html, type Markup } from "../../html/markup.ts";
import { constant } from "../../html/markup.ts";
import { SIZES, type Box, type Drawing, type Path, type Words } from "./drawing.ts";

const number = (value: number): string => String(Math.round(value * 100) / 100);

const sizes = Object.entries(SIZES)
  .map(([look, size]) => `.picture .${look}{font-size:${size}px}`)
  .join("");
/** Of both: what a card is, is told by its kind and by its border, and a hole by its words, too. */
export const PICTURE_CSS = `.picture{display:block;max-width:100%;height:auto}.picture text{font-family:var(--sans);fill:var(--ink)}${sizes}
.picture .column,.picture .title,.picture .hole{font-weight:650}.picture .column,.picture .kind{fill:var(--muted)}.picture .hole{fill:var(--mark)}
.picture rect{fill:var(--panel);stroke:var(--strong);stroke-width:.8}.picture .outside{stroke-dasharray:3 2}.picture .rest{stroke:var(--ink);stroke-width:1.4}
.picture path{fill:none;stroke:var(--muted);stroke-width:.9}.picture .point{fill:var(--muted);stroke:none}`;

const COLOURS = `:root{color-scheme:light dark;--ground:#fff;--panel:#f4f5f6;--ink:#1a1c20;--muted:#555b65;--strong:#8b919b;--mark:#8f1d1a;--sans:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",sans-serif}
@media (prefers-color-scheme:dark){:root{--ground:#141619;--panel:#1c1f23;--ink:#e4e6e9;--muted:#a9afb9;--strong:#6d747f;--mark:#ff9a91}}
.ground{fill:var(--ground)!important;stroke:none!important}`;

/**
 * @param scale of what is shown on a screen, where a point is small
 * @param label what a reader without eyes is told, with where the words of it stand
 */
export function svgInPage(drawing: Drawing, label: string, scale = 1.9): Markup {
  const { width, height } = drawing;
  return html`<svg
    class="picture"
    role="img"
    aria-label="${label}"
    viewBox="0 0 ${number(width)} ${number(height)}"
    width="${number(width * scale)}"
    height="${number(height * scale)}"
  >
    ${marksOf(drawing)}
  </svg>`;
}

/** One below the other, as one file. @param words the whole picture as text, line by line */
export function svgFile(drawings: readonly Drawing[], title: string, words: readonly string[]): Uint8Array {
  const width = Math.max(...drawings.map((each) => each.width));
  const height = drawings.reduce((sum, each) => sum + each.height, 0) + TITLE;
  let y = TITLE;
  const parts = drawings.map((drawing) => {
    const part = html`<g transform="translate(0 ${number(y)})">${marksOf(drawing)}</g>`;
    y += drawing.height;
    return part;
  });
  const page = html`<svg
    xmlns="http://www.w3.org/2000/svg"
    class="picture"
    role="img"
    aria-labelledby="title words"
    viewBox="0 0 ${number(width)} ${number(height)}"
    width="${number(width * 2)}"
    height="${number(height * 2)}"
  >
    <title id="title">${title}</title>
    <desc id="words">${words.join("\n")}</desc>
    ${constant(`<style>${COLOURS}${PICTURE_CSS}</style>`)}
    <rect class="ground" width="${number(width)}" height="${number(height)}" />
    <text class="title" x="12" y="14">${title}</text>
    ${parts}
  </svg> `;
  return Buffer.from(page.markup);
}

const TITLE = 22;

function marksOf({ boxes, words, paths }: Drawing): readonly Markup[] {
  return [...paths.flatMap(pathMarkup), ...boxes.map(boxMarkup), ...words.map(wordsMarkup)];
}

function boxMarkup({ x, y, width, height, look }: Box): Markup {
  const round = look === "rest" ? 6 : 0;
  return html`<rect
    class="${look}"
    x="${number(x)}"
    y="${number(y)}"
    width="${number(width)}"
    height="${number(height)}"
    rx="${round}"
  />`;
}

function wordsMarkup({ x, y, text, look }: Words): Markup {
  return html`<text class="${look}" x="${number(x)}" y="${number(y)}">${text}</text>`;
}

function pathMarkup(path: Path): readonly Markup[] {
  const line = path.map(([x, y], index) => `${index === 0 ? "M" : "L"}${number(x)} ${number(y)}`).join("");
  const [x, y] = path.at(-1) ?? [0, 0];
  return [html`<path d="${line}" />`, html`<path class="point" d="M${number(x)} ${number(y)}l-4 -2v4z" />`];
}
