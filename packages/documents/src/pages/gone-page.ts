/** What is not in the package: withheld for its reader, with the reason, or erased for good, with the record that says so. */
import type { ErasureBody } from "@countersign/records";
import type { Placed } from "@countersign/application/ports";
import { html, type Markup } from "../html/markup.ts";
import { page, table, type Frame } from "../html/layout.ts";
import { count, counted, list, person, time } from "../html/words.ts";

export const GONE_PATH = "withheld.html";

export function hasGone({ view }: Pick<Frame, "view">): boolean {
  return view.redactions.length + view.erasures.length > 0;
}

export function gonePage(frame: Frame): string {
  const { view } = frame;
  return page(
    frame,
    {
      title: "Withheld and erased",
      kicker: "What is not in this package, and why",
      h1: html`Withheld and erased`,
    },
    html`<p>
        Nothing is left out unsaid: <code>data/blobs.json</code> names every file and list that a record
        names, and a check of the package reports one that is neither here nor named there.
      </p>
      <h2 id="withheld">Withheld for this reader</h2>
      <p>
        The company still holds it. A withheld line of a list keeps its leaf, so count and root are those that
        the records name, and a single line that is handed over later can be checked against them.
      </p>
      ${list(view.redactions, "Nothing was withheld.")}
      <h2 id="erased">Erased for good</h2>
      <p>
        Nobody holds it any more, as far as this product stored it. The record of each erasure stays, and so
        do digests, counts and roots; what rested on it is unknown (erased).
      </p>
      ${view.erasures.length === 0 ? html`<p class="none">Nothing was erased.</p>` : erasuresTable(frame)}`,
  );
}

function erasuresTable(frame: Frame): Markup {
  const { view } = frame;
  return table(
    counted(view.erasures.length, "record"),
    html`<tr>
      <th scope="col">record</th>
      <th scope="col">what</th>
      <th scope="col">reason</th>
      <th scope="col">by, approved by</th>
      <th scope="col">runs had found</th>
    </tr>`,
    view.erasures.map(
      (one) =>
        html`<tr>
          <th scope="row">
            <code>${one.record}</code>
            <span class="note"
              >entry ${one.index} of the log, ${time(one.recordedAt, view.summary.window.zone)}</span
            >
          </th>
          <td>${whatWords(one)}</td>
          <td>${one.body.reason}</td>
          <td>${person(view, one.body.person)}, ${person(view, one.body.approver)}</td>
          <td>
            ${list(
              one.body.found.map(
                (each) =>
                  html`${each.control} ${each.activity}: <b>${each.state}</b>
                    <span class="note">${each.run}</span>`,
              ),
              "–",
            )}
          </td>
        </tr>`,
    ),
  );
}

function whatWords({ body }: Placed<ErasureBody>): Markup {
  const parts = html`<span class="note"
    >${counted(body.files.length, "file")}, ${count(body.copies.length)} of them replaced by a copy;
    ${counted(body.lines.length, "line")} of lists</span
  >`;
  switch (body.of.kind) {
    case "file":
      return html`a file <code>${body.files[0] ?? ""}</code>`;
    case "item":
      return html`an item of <bdi>${body.of.population}</bdi>, wherever it stood ${parts}`;
    case "person":
      return html`the names of <code>${body.of.person}</code> ${parts}`;
  }
}
