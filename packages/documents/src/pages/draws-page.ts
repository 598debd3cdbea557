/** Draws: who drew, from what, with which nonce, and the items in the order of the draw. */
import type { PackageView, Placed } from "@countersign/application/ports";
import type { DrawBody } from "@countersign/records";
import { html, type Markup } from "../html/markup.ts";
import { link, page, type Frame } from "../html/layout.ts";
import { slug } from "../html/names.ts";
import { count, counted, facts, time } from "../html/words.ts";

const METHOD = {
  seeded: "by seed: anyone can repeat it",
  "auditor-entered": "ids entered by the auditor",
  census: "every item",
} as const;

export function drawsPage(frame: Frame): string {
  return page(
    frame,
    { title: "Draws", kicker: "Samples drawn from frozen populations", h1: html`Draws` },
    html`<p>
        Every item was tested whatever was drawn. Management does not pick: a draw follows from the frozen
        population and the auditor’s nonce, an extension begins with the draw it extends, and no item is
        swapped for another.
      </p>
      ${frame.view.draws.map((draw) => drawPart(frame, draw))}`,
  );
}

function drawPart(frame: Frame, { body, record, index, recordedAt }: Placed<DrawBody>): Markup {
  const { view } = frame;
  const frozen = frozenPopulation(view, body);
  return html`<section class="control">
    <h2 id="d-${slug(record)}">${body.draw}</h2>
    ${facts(
      [
        ["Purpose", body.purpose],
        [
          "Drawn by",
          body.drawnBy === "auditor"
            ? "the auditor"
            : html`<b>management, for itself</b>: not the auditor’s selection`,
        ],
        ["Method", METHOD[body.method]],
        [
          "From",
          frozen === undefined
            ? body.population
            : html`${link(frame, frame.site.populationOf(frozen), body.population)}, frozen in record
                <code>${body.frozen}</code>`,
        ],
        ["Stratum", body.stratum && html`${body.stratum.field} = ${body.stratum.value}`],
        ["Size", count(body.size)],
        ["Extends", body.extends],
        [
          "Nonce",
          body.nonceOrigin.kind === "auditor-signed"
            ? html`signed with the auditor’s own key <code>${body.nonceOrigin.key}</code>`
            : html`<b>typed in by management</b>: it is not shown that the auditor chose it`,
        ],
        [
          "Record",
          html`<code>${record}</code>, entry ${index} of the log,
            ${time(recordedAt, view.summary.window.zone)}`,
        ],
      ],
      `The draw ${body.draw}`,
    )}
    ${
      body.seed !== undefined &&
      html`<h3>Seed</h3>
        ${facts(
          [
            ["Log", html`<code>${body.seed.origin}</code>`],
            [
              "Checkpoint",
              html`size ${body.seed.checkpointSize}, root <code>${body.seed.checkpointRoot}</code>`,
            ],
            [
              "Population",
              html`entry ${body.seed.populationIndex}, root <code>${body.seed.populationRoot}</code>,
                ${counted(body.seed.count, "item")}`,
            ],
            ["Nonce", html`<code>${body.seed.nonce}</code>`],
            ["Seed", html`<code>${body.seed.hex}</code>`],
          ],
          `Seed of ${body.draw}`,
        )}`
    }
    <h3>Items, in the order of the draw</h3>
    <ol>
      ${body.items.map((id) => html`<li><code>${id}</code></li>`)}
    </ol>
  </section>`;
}

function frozenPopulation(view: PackageView, body: DrawBody): PackageView["populations"][number] | undefined {
  return (
    view.populations.find((one) => one.frozen?.record === body.frozen) ??
    view.populations.find((one) => one.population.record === body.frozen)
  );
}
