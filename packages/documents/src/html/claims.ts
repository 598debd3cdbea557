/** The three claims about a population, each on its own: extraction, completeness, accuracy. */
import type { PopulationView } from "@countersign/application/ports";
import type { PopulationUse } from "@countersign/assessment";
import type { Extraction } from "@countersign/records";
import { html, type Markup } from "./markup.ts";
import { counted, extractionWords } from "./words.ts";

export function extractionClaim(extraction: Extraction): Markup {
  const { state, why } = extractionWords(extraction);
  return html`<b>${state}</b> <span class="note">${why}</span>`;
}

export function completenessClaim(completeness: PopulationUse["completeness"]): Markup {
  switch (completeness.state) {
    case "not-shown":
      return html`<b>not shown</b> <span class="note">${completeness.reason}</span>`;
    case "reconciled":
      return html`<b>reconciled</b>
        <span class="note"
          >with a second source;
          ${
            completeness.resolved === 0
              ? "no difference"
              : `${counted(completeness.resolved, "difference")}, each resolved by a person`
          }</span
        >`;
    case "differences":
      return html`<b>${counted(completeness.unresolved, "unresolved difference")}</b>
        <span class="note">with a second source; ${counted(completeness.resolved, "other")} resolved</span>`;
  }
}

/** Whether an item can be followed back to what the source gave. */
export function accuracyClaim({ paths, population }: PopulationView): Markup {
  const { joinedFrom } = population.body;
  if (paths.raw.length > 0)
    return html`<b>each item points at its raw bytes</b>
      <span class="note"
        >${counted(paths.raw.length, "raw file")} in this package; the query can be run again while you
        watch</span
      >`;
  return joinedFrom.length > 0
    ? html`<b>each item points at its raw bytes</b>
        <span class="note">of the ${counted(joinedFrom.length, "population")} that it was joined from</span>`
    : html`<b>not shown</b> <span class="note">no raw bytes are kept with it</span>`;
}
