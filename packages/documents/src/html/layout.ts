/** What every page has: the head, the mark of sample data, the way to the other pages, who made it and what it is not. */
import type { PackageView } from "@countersign/application/ports";
import { constant, html, join, type Markup } from "./markup.ts";
import { href, type Site } from "./names.ts";
import { shapeSymbols } from "./shapes.ts";
import { stylesheet, stylesheetHash } from "./style.ts";
import { count, utc, windowWords } from "./words.ts";

export type Frame = {
  readonly view: PackageView;
  readonly site: Site;
  /** Where the page stands in the package. */
  readonly path: string;
};

export const PREPARED_BY =
  "Prepared by management from its records. It is not an auditor's report and states no auditor's opinion.";

const style = constant(`<style>${stylesheet}</style>`);

/** A link to another path of the package; plain text where the path would leave it. */
export function link(frame: Frame, to: string | undefined, words: Markup | string, quiet = false): Markup {
  const target = to === undefined ? undefined : href(frame.path, to);
  if (target === undefined) return html`${words}`;
  return quiet
    ? html`<a class="quiet" href="${target}">${words}</a>`
    : html`<a href="${target}">${words}</a>`;
}

function navigation(frame: Frame): Markup {
  const { view } = frame;
  const entries: (readonly [string, string])[] = [
    ["index.html", "Operating record"],
    ["deviations.html", `Deviations (${count(view.summary.deviations.length)})`],
    ["evidence.html", `Evidence (${count(view.evidence.length)})`],
  ];
  if (view.draws.length > 0) entries.push(["draws.html", `Draws (${count(view.draws.length)})`]);
  if (view.redactions.length + view.erasures.length > 0)
    entries.push(["withheld.html", "Withheld and erased"]);
  entries.push(["changes.html", "Activity"], ["verification.html", "How to check"]);
  return html`<nav aria-label="Pages of this package">
    <ul>
      ${entries.map(
        ([path, words]) =>
          html`<li>
            <a href="${href(frame.path, path)}" ${path === frame.path && html` aria-current="page"`}
              >${words}</a
            >
          </li>`,
      )}
    </ul>
  </nav>`;
}

/** A whole document. `kicker` is the short line above the heading. */
export function page(
  frame: Frame,
  heading: { readonly title: string; readonly kicker: string; readonly h1: Markup },
  body: Markup,
): string {
  const { view } = frame;
  const { summary } = view;
  const sample =
    summary.sampleData &&
    html`<p class="sample" role="note">SAMPLE DATA: an invented company. Nothing on this page happened.</p>`;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src '${stylesheetHash}'; base-uri 'none'; form-action 'none'"
        />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <meta name="generator" content="${view.generator}" />
        <title>
          ${summary.sampleData && "SAMPLE DATA · "}${heading.title} · ${summary.organization.name}
        </title>
        ${style}
      </head>
      <body>
        ${shapeSymbols}
        <header>
          <a class="skip" href="#main">Skip to the content</a>
          ${sample}
          <div class="top">
            <span class="who"><bdi>${summary.organization.name}</bdi></span>
            <span class="note">${windowWords(summary.window)}, ${summary.window.zone}</span
            >${navigation(frame)}
          </div>
        </header>
        <main id="main" tabindex="-1">
          <p class="kicker">${heading.kicker}</p>
          <h1>${heading.h1}</h1>
          ${body}
        </main>
        <footer class="foot">
          <p>${PREPARED_BY}</p>
          <p>
            Package <code>${view.name}</code> · run <code>${view.run}</code> · ${view.generator} · made
            ${utc(view.createdAt)}
          </p>
          ${sample}
        </footer>
      </body>
    </html> `.markup;
}

/** A table that scrolls by itself where it is wider than the screen; its caption is its name. */
export function table(caption: Markup | string, head: Markup, rows: readonly Markup[]): Markup {
  return html`<div class="wide">
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        ${head}
      </thead>
      <tbody>
        ${join(rows, "\n")}
      </tbody>
    </table>
  </div>`;
}
