/** Evidence that people added: what it is for, when it was performed and who says so, when it was recorded, the files. */
import type { EvidenceView } from "@countersign/application/ports";
import { itemKindOf } from "@countersign/records";
import { html, join, type Markup } from "../html/markup.ts";
import { link, page, table, type Frame } from "../html/layout.ts";
import { slug } from "../html/names.ts";
import { count, counted, facts, person, provenanceWords, time } from "../html/words.ts";
import { factsOf } from "./facts-part.ts";
import { signedFacts } from "./signed-part.ts";
import { GONE_PATH } from "./gone-page.ts";

/** A path with a fragment, for links from other pages. */
export function evidenceAnchor(record: string): string {
  return `evidence.html#${anchor(record)}`;
}

function anchor(record: string): string {
  return `e-${slug(record)}`;
}

export function evidencePage(frame: Frame): string {
  const { evidence } = frame.view;
  return page(
    frame,
    { title: "Evidence", kicker: "Evidence that people added", h1: html`Evidence` },
    html`<p>
        A date is only as good as who gives it: <b>the source’s time</b> comes from the system that produced
        the record, <b>a file’s time</b> from its metadata, <b>a typed date</b> from a person. When it was
        recorded is the log’s own time.
      </p>
      ${
        evidence.length === 0
          ? html`<p class="none">
              No evidence was added by hand. What was read from systems stands under the populations.
            </p>`
          : html`${overview(frame, evidence)} ${evidence.map((one) => evidencePart(frame, one))}`
      }`,
  );
}

function activityTitle(frame: Frame, { body }: EvidenceView): string {
  const control = frame.view.summary.controls.find((one) => one.id === body.control);
  return control?.activities.find((one) => one.id === body.activity)?.title ?? body.activity;
}

function overview(frame: Frame, evidence: readonly EvidenceView[]): Markup {
  const { view } = frame;
  const { zone } = view.summary.window;
  return table(
    counted(evidence.length, "record"),
    html`<tr>
      <th scope="col">record</th>
      <th scope="col">control and activity</th>
      <th scope="col">for</th>
      <th scope="col">performed, and who says when</th>
      <th scope="col">recorded</th>
      <th scope="col">files</th>
    </tr>`,
    evidence.map(
      (one) =>
        html`<tr>
          <th scope="row">
            <a class="quiet" href="#${anchor(one.record)}"><code>${one.record}</code></a>
          </th>
          <td>
            ${link(frame, frame.site.control(one.body.control), one.body.control, true)}
            <span class="note">${activityTitle(frame, one)}</span>
          </td>
          <td>${one.body.occurrence ?? html`<span class="absent">not said</span>`}</td>
          <td>
            ${time(one.body.performed.at, zone)}
            <span class="note">${provenanceWords(one.body.performed.provenance)}</span>
          </td>
          <td>${time(one.recordedAt, zone)}</td>
          <td>
            ${join(
              one.files.map((file) => fileLink(frame, file, true)),
              ", ",
            )}
          </td>
        </tr>`,
    ),
  );
}

function fileLink(frame: Frame, file: EvidenceView["files"][number], quiet: boolean): Markup {
  const name = html`<bdi>${file.name}</bdi>`;
  return file.path === undefined
    ? html`${name} <span class="absent">${link(frame, GONE_PATH, file.gone ?? "withheld")}</span>`
    : link(frame, file.path, name, quiet);
}

function evidencePart(frame: Frame, one: EvidenceView): Markup {
  const { view } = frame;
  const { zone } = view.summary.window;
  const { body } = one;
  const id = anchor(one.record);
  return html`<section class="control">
    <h2 id="${id}">${body.control}, ${body.occurrence ?? activityTitle(frame, one)}</h2>
    ${facts(
      [
        ["Activity", activityTitle(frame, one)],
        [
          "Performed",
          html`${time(body.performed.at, zone)}, ${provenanceWords(body.performed.provenance)}; by
          ${person(view, body.performedBy)}`,
        ],
        [
          "Recorded",
          html`${time(one.recordedAt, zone)}, record <code>${one.record}</code>, entry ${one.index} of the log`,
        ],
        ["Note", body.note],
        ...signedFacts(frame, body.signed),
        [
          "Files",
          one.files.map(
            (file) =>
              html`<p>
                ${fileLink(frame, file, false)}
                <span class="note">${count(file.size)} bytes, <code>${file.digest}</code></span>
              </p>`,
          ),
        ],
      ],
      `Evidence ${one.record}`,
    )}
    <h3>What it says</h3>
    ${factsOf(frame, body.facts, {
      fields: itemKindOf("performance")?.fields ?? {},
      name: "performance",
      lacks: [],
      everyAbsence: false,
    })}
  </section>`;
}
