/** What the program lacks at the run's time: management's own list, with nothing of it left out for the auditor. */
import { html, type Markup } from "../html/markup.ts";
import { page, table, type Frame } from "../html/layout.ts";
import { counted, person, time } from "../html/words.ts";

export const PROGRAM_GAPS_PATH = "gaps.html";

export function programGapsPage(frame: Frame): string {
  const { view } = frame;
  const { asOf, window } = view.summary;
  return page(
    frame,
    {
      title: "What the program lacks",
      kicker: "Management's own list, in the order in which a customer's reviewer would ask",
      h1: html`What the program lacks`,
    },
    html`<p>
        As of ${time(asOf, window.zone)}. <code>gaps.json</code> holds the same list;
        <code>countersign readiness --json</code> gave management this one, no shorter. The checks look at
        what the company says of its system and at recorded lists of what is in use; they do not look at
        whether it is true.
      </p>
      ${programGapsTable(frame)}`,
  );
}

function programGapsTable(frame: Frame): Markup {
  const { view } = frame;
  const { programGaps = [] } = view;
  if (programGaps.length === 0) return html`<p class="none">The checks found nothing.</p>`;
  return table(
    counted(programGaps.length, "program gap"),
    html`<tr>
      <th scope="col">program gap</th>
      <th scope="col">what was found</th>
      <th scope="col">criteria</th>
      <th scope="col">owner</th>
      <th scope="col">next</th>
    </tr>`,
    programGaps.map(
      (gap) =>
        html`<tr>
          <th scope="row"><code>${gap.code}</code></th>
          <td>${gap.what} <span class="note">${gap.facts.join(" ")}</span></td>
          <td>${gap.criteria.join(" ")}</td>
          <td>${gap.owner === undefined ? "nobody" : person(view, gap.owner)}</td>
          <td>${gap.next}</td>
        </tr>`,
    ),
  );
}
