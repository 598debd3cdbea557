/** A written document as one HTML page: no script, no network, the package's stylesheet. */
import { html, join, type Markup } from "../../html/markup.ts";
import { constant } from "../../html/markup.ts";
import { sha256 } from "@countersign/kernel";
import { stylesheet } from "../../html/style.ts";
import type { Table, WrittenDocument } from "../blocks.ts";
import { lay, type LaidSection, type Leaf } from "../layout.ts";
import type { Said } from "../sentences.ts";
import { drawingsOf } from "../picture/drawing.ts";
import type { Picture } from "../picture/picture.ts";
import { PICTURE_CSS, svgInPage } from "../picture/svg.ts";
import { plainText, SAMPLE_DATA, spansOfAll, TABLE_BELOW } from "./printed.ts";

const css = `${stylesheet}${PICTURE_CSS}figure{margin:1rem 0}figcaption{font-weight:650}.hole{border:2px solid var(--mark);color:var(--mark);font-weight:650;padding:0 .3em}
td>.exact,li>.exact,p>.exact,h1 .exact,h2 .exact,h3 .exact{font-family:var(--mono);font-size:.86em;white-space:pre-wrap;overflow-wrap:anywhere}
td,th{overflow-wrap:anywhere;padding-right:.8rem}.heading-number{margin-right:.6em}h5,h6{font:650 .93rem/1.35 var(--sans);margin:1.1rem 0 .25rem}`;
const style = constant(`<style>${css}</style>`);
const styleHash = `sha256-${Buffer.from(sha256(css)).toString("base64")}`;

/** The same document gives the same bytes. */
export function htmlOf(document: WrittenDocument): Uint8Array {
  const { front } = document;
  const laid = lay(document);
  const title = plainText([front.title]);
  const sample = document.sampleData && html`<p class="sample" role="note">${SAMPLE_DATA}</p>`;
  const page = html`<!doctype html>
    <html lang="${document.language}">
      <head>
        <meta charset="utf-8" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src '${styleHash}'; base-uri 'none'; form-action 'none'"
        />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <title>${document.sampleData && "SAMPLE DATA · "}${title} · ${plainText([front.organization])}</title>
        ${style}
      </head>
      <body>
        <header>${sample}</header>
        <main id="main">
          <p class="kicker"><bdi>${said([front.organization])}</bdi></p>
          <h1>${said([front.title])}</h1>
          <dl class="facts">
            ${front.entries.map(
              (entry) =>
                html`<div>
                  <dt>${said([entry.term])}</dt>
                  <dd>${said([entry.said])}</dd>
                </div>`,
            )}
          </dl>
          <p class="note">${said([front.notice])}</p>
          ${laid.leaves.map(leafMarkup)} ${laid.sections.map((section) => sectionMarkup(section, 2))}
        </main>
        <footer class="foot">
          <p>${said([front.notice])}</p>
          ${sample}
        </footer>
      </body>
    </html> `;
  return Buffer.from(page.markup);
}

function said(all: readonly Said[]): Markup {
  return join(
    spansOfAll(all).map(({ look, text }) => {
      switch (look) {
        case "plain":
          return html`${text}`;
        case "exact":
          return html`<code class="exact">${text}</code>`;
        case "hole":
          return html`<strong class="hole">${text}</strong>`;
      }
    }),
    "",
  );
}

/** @param level the first heading below the title is an h2; a page has no seventh level. */
function sectionMarkup(section: LaidSection, level: number): Markup {
  const tag = constant(`h${Math.min(level, 6)}`);
  const deep = level > 6 && html` aria-level="${level}"`;
  return html`<section>
    <${tag} id="s${section.number}"${deep}><span class="heading-number">${section.number}</span>${said([section.heading])}</${tag}>
    ${section.leaves.map(leafMarkup)} ${section.sections.map((inner) => sectionMarkup(inner, level + 1))}
  </section>`;
}

function leafMarkup({ block }: Leaf): Markup {
  switch (block.kind) {
    case "paragraph":
      return html`<p>${said(block.sentences)}</p>`;
    case "list": {
      const items = block.items.map((item) => html`<li>${said(item)}</li>`);
      return block.ordered
        ? html`<ol>
            ${items}
          </ol>`
        : html`<ul>
            ${items}
          </ul>`;
    }
    case "picture":
      return pictureMarkup(block);
    case "table":
      return tableMarkup(block);
  }
}

function pictureMarkup(picture: Picture): Markup {
  const label = `${plainText([picture.caption])}. ${TABLE_BELOW}`;
  return html`<figure class="wide">
    <figcaption>${said([picture.caption])}</figcaption>
    ${drawingsOf(picture).map((drawing) => svgInPage(drawing, label))}
  </figure>`;
}

function tableMarkup(table: Table): Markup {
  const heads = table.columns.map(
    ({ head, number }) => html`<th scope="col" class="${number === true ? "n" : ""}">${said([head])}</th>`,
  );
  const rows = table.rows.map(
    (row) =>
      html`<tr>
        ${row.map((cell, index) => {
          const column = table.columns[index];
          if (column?.names === true) return html`<th scope="row">${said(cell)}</th>`;
          return html`<td class="${column?.number === true ? "n" : ""}">${said(cell)}</td>`;
        })}
      </tr>`,
  );
  return html`<div class="wide">
    <table>
      <caption>
        ${said([table.caption])}
      </caption>
      <thead>
        <tr>
          ${heads}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}
