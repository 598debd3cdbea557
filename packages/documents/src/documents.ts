/** The readable part of an audit package: pages that need no network, no script and none of our code. */
import type { Documents, PackageView, Page } from "@countersign/application/ports";
import type { Frame } from "./html/layout.ts";
import { siteOf } from "./html/names.ts";
import { changesPage } from "./pages/changes-page.ts";
import { controlPage } from "./pages/control-page.ts";
import { deviationsPage } from "./pages/deviations-page.ts";
import { drawsPage } from "./pages/draws-page.ts";
import { evidencePage } from "./pages/evidence-page.ts";
import { GONE_PATH, gonePage, hasGone } from "./pages/gone-page.ts";
import { indexPage } from "./pages/index-page.ts";
import { itemPage } from "./pages/item-page.ts";
import { occurrencesOf } from "./pages/occurrence-part.ts";
import { PROGRAM_GAPS_PATH, programGapsPage } from "./pages/program-gaps-page.ts";
import { populationPage } from "./pages/population-page.ts";
import { verificationPage } from "./pages/verification-page.ts";
import { sheets } from "./sheets/sheets.ts";

/**
 * Every page, one at a time. The same view gives the same bytes.
 */
export function* pages(view: PackageView): Generator<Page> {
  const site = siteOf(view);
  const occurrences = occurrencesOf(view);
  const frame = (path: string): Frame => ({ view, site, path });
  yield { path: "index.html", content: indexPage(frame("index.html")) };
  const seen = new Set<string>();
  const once = (path: string): boolean => {
    // One path per id: a second entry of the same id in the view is the same page.
    if (seen.has(path)) return false;
    seen.add(path);
    return true;
  };
  for (const control of view.summary.controls) {
    const path = site.control(control.id);
    if (once(path)) yield { path, content: controlPage(frame(path), control, occurrences) };
  }
  yield { path: "deviations.html", content: deviationsPage(frame("deviations.html")) };
  for (const item of view.items) {
    const path = site.item(item);
    if (once(path)) yield { path, content: itemPage(frame(path), item) };
  }
  for (const population of view.populations) {
    const path = site.populationOf(population);
    if (once(path)) yield { path, content: populationPage(frame(path), population) };
  }
  if (view.programGaps !== undefined)
    yield { path: PROGRAM_GAPS_PATH, content: programGapsPage(frame(PROGRAM_GAPS_PATH)) };
  if (view.draws.length > 0) yield { path: "draws.html", content: drawsPage(frame("draws.html")) };
  yield { path: "evidence.html", content: evidencePage(frame("evidence.html")) };
  yield { path: "verification.html", content: verificationPage(frame("verification.html")) };
  if (hasGone({ view })) yield { path: GONE_PATH, content: gonePage(frame(GONE_PATH)) };
  yield { path: "changes.html", content: changesPage(frame("changes.html")) };
}

export const documents: Documents = { pages, sheets };
