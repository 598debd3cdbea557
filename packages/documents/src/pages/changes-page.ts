/** What happened, in the order of the log: reads, failed reads, runs, decisions. */
import { html } from "../html/markup.ts";
import { page, table, type Frame } from "../html/layout.ts";
import { count, counted, time } from "../html/words.ts";

/** A page of this length still opens at once; the records in the package hold all. */
const ROWS_MAX = 5_000;

export function changesPage(frame: Frame): string {
  const { activity, summary } = frame.view;
  const shown = activity.slice(0, ROWS_MAX);
  return page(
    frame,
    { title: "Activity", kicker: "In the order of the log", h1: html`Activity` },
    html`<p>
        Failed reads stay in the log beside the successful ones. Nothing here can be edited later; a
        correction is a new entry.
      </p>
      ${
        activity.length === 0
          ? html`<p class="none">Nothing is recorded.</p>`
          : table(
              counted(activity.length, "entry", "entries"),
              html`<tr>
                <th scope="col" class="n">entry</th>
                <th scope="col">recorded</th>
                <th scope="col">what</th>
                <th scope="col">type of record</th>
              </tr>`,
              shown.map(
                (one) =>
                  html`<tr>
                    <th scope="row" class="n">${one.index}</th>
                    <td>${time(one.at, summary.window.zone)}</td>
                    <td>${one.words}</td>
                    <td><code>${one.type}</code></td>
                  </tr>`,
              ),
            )
      }${shown.length < activity.length && html`<p>The first ${count(shown.length)} of ${count(activity.length)}; <code>ledger/</code> holds every record.</p>`}`,
  );
}
