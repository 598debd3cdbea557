/** Every deviation, and what was answered to it. */
import { html, nothing, type Markup } from "../html/markup.ts";
import { link, page, table, type Frame } from "../html/layout.ts";
import { stateMark } from "../html/shapes.ts";
import { count, counted, person, time } from "../html/words.ts";
import { deviationPage, deviationsTable, shortOccurrence } from "./deviation-part.ts";
import { responsesPart } from "./responses-part.ts";
import { sheetsWords } from "./sheets-part.ts";

/** A browser opens this many rows without trouble; the spreadsheets and the JSON hold them all. */
const ROWS_MAX = 5_000;

export function deviationsPage(frame: Frame): string {
  const { deviations } = frame.view.summary;
  const shown = deviations.slice(0, ROWS_MAX);
  return page(
    frame,
    { title: "Deviations", kicker: "Over the window, in the order of their time", h1: html`Deviations` },
    html`${
      deviations.length === 0
        ? html`<p class="none">
            No deviation was found. What is unknown is not counted as operated:
            ${link(frame, "index.html#map", "see the map")}.
          </p>`
        : html`<p>
              A deviation stays: neither a response, nor a later correction, nor an approved exception removes
              it. What turned out to be our own false finding is corrected by a new run, and both runs stay.
            </p>
            ${deviationsTable(frame, shown, counted(deviations.length, "deviation"))}${
              shown.length < deviations.length &&
              html`<p>
                The first ${count(shown.length)} of ${count(deviations.length)}. ${sheetsWords(frame)}.
              </p>`
            }
            ${answeredPart(frame)}`
    }
    ${withdrawnPart(frame)}`,
  );
}

/** Findings that were ours: they stay in sight, with who withdrew them and why. */
function withdrawnPart(frame: Frame): Markup {
  const { withdrawn = [], window } = frame.view.summary;
  if (withdrawn.length === 0) return nothing;
  return html`<h2 id="withdrawn">Withdrawn findings</h2>
    <p>
      These were false findings of an earlier run: a wrong mapping, an identity that was not known. The
      mapping was mended and the run repeated; both runs stay in the log.
    </p>
    ${table(
      counted(withdrawn.length, "withdrawn finding"),
      html`<tr>
        <th scope="col">finding</th>
        <th scope="col">runs</th>
        <th scope="col">reason</th>
        <th scope="col">by, and approved by</th>
        <th scope="col">when</th>
      </tr>`,
      withdrawn.map(
        (one) =>
          html`<tr>
            <th scope="row">
              <code>${one.deviation}</code
              >${one.stillFound && html` <span class="note"><b>found by this run all the same</b>, so it stands among the deviations</span>`}
            </th>
            <td><code>${one.run}</code>, then <code>${one.laterRun}</code></td>
            <td>${one.reason}</td>
            <td>${person(frame.view, one.person)}; ${person(frame.view, one.approver)}</td>
            <td>${time(one.at, window.zone)}</td>
          </tr>`,
      ),
    )}`;
}

function answeredPart(frame: Frame): Markup {
  const answered = frame.view.summary.deviations
    .filter((one) => one.responses.length > 0 || one.exceptions.length > 0)
    .slice(0, ROWS_MAX);
  return html`<h2 id="responses">Responses and exceptions</h2>
    ${
      answered.length === 0
        ? html`<p class="none">None is recorded yet.</p>`
        : answered.map(
            (one) =>
              html`<section class="control">
                <h3>
                  ${one.control}
                  ${link(frame, deviationPage(frame, one), html`<code>${shortOccurrence(one.occurrence)}</code>`, true)}
                </h3>
                <p>${stateMark(one.state)} ${one.cause}, ${time(one.at, frame.view.summary.window.zone)}</p>
                ${responsesPart(frame, [one])}
              </section>`,
          )
    }`;
}
