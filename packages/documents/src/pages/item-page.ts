/** One item from the raw bytes to the result: what the source said, what was read out of it, what each rule found. */
import type { ItemView } from "@countersign/application/ports";
import type { AttributeResult, Deviation } from "@countersign/assessment";
import { itemKindOf, type RawRef } from "@countersign/records";
import { foldScript, pathSteps } from "../html/audit-path.ts";
import { html, join, nothing, preformatted, type Markup } from "../html/markup.ts";
import { link, page, table, type Frame } from "../html/layout.ts";
import { stateMark } from "../html/shapes.ts";
import {
  count,
  counted,
  facts,
  person,
  personInFull,
  provenanceWords,
  reasonWords,
  time,
} from "../html/words.ts";
import { evidenceAnchor } from "./evidence-page.ts";
import { factsOf } from "./facts-part.ts";
import { notApplicable } from "./occurrence-part.ts";
import { shortOccurrence } from "./deviation-part.ts";
import { responsesPart } from "./responses-part.ts";

export function itemPage(frame: Frame, item: ItemView): string {
  const { occurrence } = item;
  const { view, site } = frame;
  const { zone } = view.summary.window;
  const deviations = view.summary.deviations.filter(
    (one) =>
      one.control === occurrence.control &&
      one.activity === occurrence.activity &&
      one.occurrence === occurrence.id,
  );
  return page(
    frame,
    {
      title: `${occurrence.control} ${shortOccurrence(occurrence.id)}`,
      kicker: "One occurrence, from the raw bytes to the result",
      h1: html`${occurrence.control}: <bdi>${occurrence.title ?? shortOccurrence(occurrence.id)}</bdi>`,
    },
    html`${facts(
        [
          ["Occurrence", html`<code>${occurrence.id}</code>`],
          ["Time that places it", time(occurrence.at, zone)],
          ["Week", weekWords(frame, occurrence.week)],
          ["Person", occurrence.person && personInFull(view, occurrence.person)],
          [
            "State",
            html`${stateMark(occurrence.state)}${occurrence.detail !== undefined && html` ${occurrence.detail}`}${notApplicable(frame, occurrence)}`,
          ],
          ["Due by", occurrence.due && time(occurrence.due, zone)],
          [
            "Performed",
            occurrence.performed &&
              html`${time(occurrence.performed.at, zone)}, ${provenanceWords(occurrence.performed.provenance)}`,
          ],
          [
            "Recorded",
            occurrence.recorded &&
              html`${time(occurrence.recorded, zone)}${occurrence.recordedLate === true && ", after it was due"}`,
          ],
          [
            "Evidence",
            occurrence.evidence &&
              link(frame, evidenceAnchor(occurrence.evidence), html`<code>${occurrence.evidence}</code>`),
          ],
          [
            "Control",
            html`${link(frame, site.control(occurrence.control), occurrence.control)}, version
            ${occurrence.version}`,
          ],
        ],
        "The occurrence",
      )}
      ${resultsPart(frame, item, deviations)}
      ${
        deviations.some((one) => one.responses.length > 0 || one.exceptions.length > 0) &&
        html`<h2 id="responses">Beside the deviation</h2>
          <h3>Responses and exceptions</h3>
          <p>None of this removes the deviation or changes its count.</p>
          ${responsesPart(frame, deviations)}`
      }
      ${sourcePart(frame, item)} ${rawPart(frame, item)} ${proofPart(frame, item)}
      <p>${link(frame, "index.html", "Back to the operating record")}</p>`,
  );
}

function weekWords(frame: Frame, week: number): string | undefined {
  const found = frame.view.summary.weeks[week];
  return found && `${found.from} through ${found.through}`;
}

function resultsPart(frame: Frame, { occurrence }: ItemView, deviations: readonly Deviation[]): Markup {
  const activity = frame.view.summary.controls
    .find((one) => one.id === occurrence.control)
    ?.activities.find((one) => one.id === occurrence.activity && one.version === occurrence.version);
  const whole = deviations.filter((one) => one.attribute === undefined);
  const heading = html`<h2 id="results">What each rule found</h2>
    ${
      whole.length > 0 &&
      html`<p>
        ${join(
          whole.map((one) => html`${stateMark(one.state)} ${one.cause}`),
          "; ",
        )}
      </p>`
    }`;
  if (occurrence.attributes.length === 0)
    return html`${heading}
      <p class="none">No attribute was evaluated: the occurrence’s own state says all.</p>`;
  return html`${heading}${table(
    "Results by attribute",
    html`<tr>
      <th scope="col">attribute</th>
      <th scope="col">result</th>
      <th scope="col">words of the statement</th>
      <th scope="col">rule (CEL)</th>
    </tr>`,
    occurrence.attributes.map((result, index) => {
      const attribute = activity?.attributes[index];
      return html`<tr data-attribute="${attribute?.id ?? String(index)}" data-state="${result.state}">
        <th scope="row">${attribute?.label ?? `attribute ${index + 1}`}</th>
        <td>${resultCell(frame, result)}</td>
        <td>${attribute && html`“${attribute.words}”`}</td>
        <td>${attribute && html`<code>${attribute.expression}</code>`}</td>
      </tr>`;
    }),
  )}`;
}

function resultCell(frame: Frame, result: AttributeResult): Markup {
  switch (result.state) {
    case "operated":
      return stateMark("operated");
    case "deviated":
      return html`${stateMark("deviated")} <span class="note">${result.cause}</span>`;
    case "not-applicable":
      return html`${stateMark("not-applicable")}
        <span class="note">${result.reason}; approved by ${person(frame.view, result.approver)}</span>`;
    case "unknown":
      return html`${stateMark("unknown")}
        <span class="note"
          >${reasonWords(result.reason)}:
          ${result.detail}${
            result.suppliedBy !== undefined && html`; would be supplied by ${result.suppliedBy}`
          }${(result.instead ?? []).map(
            (one) =>
              html`; instead:
                <bdi>${one.name}</bdi>${one.by !== undefined && html` by ${person(frame.view, one.by)}`}`,
          )}</span
        >`;
  }
}

function populationOf(frame: Frame, item: ItemView): Frame["view"]["populations"][number] | undefined {
  const { population, proof } = item;
  const all = frame.view.populations;
  return (
    all.find((one) => one.population.record === (proof?.record ?? population)) ??
    all.find((one) => one.population.body.population === population)
  );
}

function sourcePart(frame: Frame, item: ItemView): Markup {
  const { line } = item;
  if (line === undefined) return nothing;
  const heading = html`<h2 id="facts">What was read</h2>`;
  if ("erased" in line)
    return html`${heading}
      <p>
        The item’s facts were erased on request. Its leaf <code>${line.erased}</code> remains, so the
        population’s root is what it was; what its rules would find is unknown.
      </p>`;
  const found = populationOf(frame, item);
  const kind = found && itemKindOf(found.population.body.kind);
  return html`${heading}
    <p>
      ${kind === undefined ? "The item" : `The item, ${kind.words},`} as it stands in
      ${
        found === undefined
          ? "its population"
          : html`the population
            ${link(frame, frame.site.populationOf(found), found.population.body.population)}`
      }.
      A fact that the source did not give is absent, and a rule that reads it is unknown.
    </p>
    ${factsOf(frame, line.item, {
      fields: kind?.fields ?? {},
      name: kind?.variable ?? "item",
      lacks: found?.population.body.lacks ?? [],
      everyAbsence: true,
    })}`;
}

function rawPart(frame: Frame, item: ItemView): Markup {
  if (item.line === undefined) return nothing;
  if (item.raw.length === 0)
    return html`<h2 id="raw">Raw bytes</h2>
      <p class="none">
        ${rawReferences(item).length === 0 ? "The item points at no raw bytes." : "The raw bytes are not in this package."}
      </p>`;
  return html`<h2 id="raw">Raw bytes</h2>
    <p>As the source gave them, before anything was read out of them.</p>
    ${item.raw.map(
      (slice) =>
        html`<h3><bdi>${slice.file}</bdi></h3>
          <p>
            ${link(frame, slice.path, html`<code>${slice.path}</code>`)}, ${counted(slice.length, "byte")}
            from byte ${count(slice.offset)}${slice.cut && "; cut here, whole in the file"}
          </p>
          ${preformatted(slice.text)}`,
    )}`;
}

function rawReferences(item: ItemView): readonly RawRef[] {
  return item.line === undefined || "erased" in item.line ? [] : item.line.raw;
}

function proofPart(frame: Frame, item: ItemView): Markup {
  const { proof, line } = item;
  if (proof === undefined) return nothing;
  const found = populationOf(frame, item);
  const steps = pathSteps(proof.leafIndex, proof.count, proof.path);
  const erased = line !== undefined && "erased" in line ? line.erased : undefined;
  const file = found?.paths.items;
  return html`<h2 id="proof">Proof</h2>
    <p>
      The item is one line of its population’s list. The line’s hash, folded with the hashes of the path,
      gives the root that the log recorded for the population. Changing one byte of the line gives another
      root.
    </p>
    ${facts(
      [
        [
          "Population",
          found &&
            html`${link(frame, frame.site.populationOf(found), found.population.body.population)},
            ${counted(proof.count, "item")}`,
        ],
        [
          "Line",
          html`${count(proof.leafIndex + 1)} of ${count(proof.count)} (leaf index
          ${proof.leafIndex})${file !== undefined && html` in ${link(frame, file, html`<code>${file}</code>`)}`}`,
        ],
        ["Leaf hash", html`<code>${proof.leafHash}</code>`],
        ["Root", html`<code>${proof.root}</code>`],
        ["Recorded in", html`record <code>${proof.record}</code>, entry ${proof.recordIndex} of the log`],
      ],
      "Proof of inclusion",
    )}
    ${
      steps === undefined
        ? html`<p class="warn">
            <b>The path does not fit the leaf’s place.</b> This package was not made as it should be; do not
            rely on this proof.
          </p>`
        : html`<h3 id="path">Audit path</h3>
            ${
              steps.length === 0
                ? html`<p>The list has one line: its leaf is the root.</p>`
                : html`<ol>
                    ${steps.map((step) => html`<li>${step.side} <code>${step.hash}</code></li>`)}
                  </ol>`
            }${
              file !== undefined &&
              html`<h3 id="recompute">To recompute it</h3>
                <p>
                  In bash, in the folder that holds <code>index.html</code>, with sed and sha256sum. The first
                  line that it prints must be the leaf hash, the last the root.
                </p>
                ${preformatted(foldScript(file, proof.leafIndex, steps, erased))}`
            }
            <p>
              That the log recorded this root, and who signed the log:
              ${link(frame, "verification.html", "how to check")}.
            </p>`
    }`;
}
