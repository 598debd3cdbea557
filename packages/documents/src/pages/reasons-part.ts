/** Why occurrences are unknown, and why they deviated: in words, most frequent first. */
import type { ActivitySummary, AttributeSummary } from "@countersign/assessment";
import { html, nothing, type Markup } from "../html/markup.ts";
import { shape, stateShapes } from "../html/shapes.ts";
import { count, counted, reasonWords, sentence } from "../html/words.ts";

type Unknown = AttributeSummary["unknowns"][number];

/** @param limit of distinct causes and reasons per attribute; how many further ones there are is said. */
export function reasonsPart(activity: ActivitySummary, limit: number): Markup {
  const lines: Markup[] = [];
  for (const attribute of activity.attributes)
    for (const cause of attribute.causes.slice(0, limit))
      lines.push(
        html`<li>
          ${shape("deviated")} ${count(cause.count)} ${stateShapes.deviated.word} in “${attribute.label}”:
          ${sentence(cause.cause)}
        </li>`,
      );
  for (const { unknown, labels } of sharedUnknowns(activity.attributes, limit))
    lines.push(unknownLine(unknown, labels));
  for (const attribute of activity.attributes) {
    const more =
      Math.max(0, attribute.causes.length - limit) + Math.max(0, attribute.unknowns.length - limit);
    if (more > 0)
      lines.push(
        html`<li>
          ${counted(more, "further cause or reason", "further causes and reasons")} in “${attribute.label}”,
          less frequent
        </li>`,
      );
  }
  for (const excluded of activity.excluded)
    lines.push(
      html`<li>${counted(excluded.count, "item")} read and excluded: ${sentence(excluded.reason)}</li>`,
    );
  return lines.length === 0
    ? nothing
    : html`<ul class="reasons">
        ${lines}
      </ul>`;
}

/** An absent fact that several attributes read is one reason, told once. */
function sharedUnknowns(
  attributes: readonly AttributeSummary[],
  limit: number,
): readonly { readonly unknown: Unknown; readonly labels: readonly string[] }[] {
  const shared = new Map<string, { unknown: Unknown; labels: string[] }>();
  for (const attribute of attributes)
    for (const unknown of attribute.unknowns.slice(0, limit)) {
      const key = JSON.stringify(unknown);
      const known = shared.get(key);
      if (known === undefined) shared.set(key, { unknown, labels: [attribute.label] });
      else known.labels.push(attribute.label);
    }
  return [...shared.values()];
}

function unknownLine(unknown: Unknown, labels: readonly string[]): Markup {
  const instead = unknown.instead.map(
    (one) =>
      html` Instead: <bdi>${one.name}</bdi> on
        ${count(one.count)}${one.byActor > 0 && html`, ${count(one.byActor)} by the item’s own actor`}.`,
  );
  return html`<li>
    ${shape("unknown")} ${count(unknown.count)} ${stateShapes.unknown.word} in
    ${labels.map((label) => `“${label}”`).join(", ")}, ${reasonWords(unknown.reason)}:
    ${sentence(unknown.detail)}${
      unknown.suppliedBy !== undefined && html` Would be supplied by: ${sentence(unknown.suppliedBy)}`
    }${instead}
  </li>`;
}
