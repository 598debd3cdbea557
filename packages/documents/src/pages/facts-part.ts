/** The facts of an item beside the words of its kind: what is absent is shown as absent, with the reason. */
import { parseInstant, type Instant, type Json, type JsonObject } from "@countersign/kernel";
import type { Fields, FieldType, Lack, PersonId } from "@countersign/records";
import { html, join, type Markup, type Value } from "../html/markup.ts";
import type { Frame } from "../html/layout.ts";
import { personInFull, time } from "../html/words.ts";

export type FactsShape = {
  readonly fields: Fields;
  /** How rules name the object that holds the facts: "change", "change.approvals[]". */
  readonly name: string;
  /** What the source cannot give, by the same names. */
  readonly lacks: readonly Lack[];
  /** Lists every field that the item does not have; otherwise only those that the source lacks. */
  readonly everyAbsence: boolean;
};

export function factsOf(frame: Frame, facts: JsonObject, shape: FactsShape): Markup {
  const rows: Markup[] = [];
  const absent: Markup[] = [];
  for (const [name, field] of Object.entries(shape.fields)) {
    const full = `${shape.name}.${name}`;
    const value = Object.hasOwn(facts, name) ? facts[name] : undefined;
    if (value !== undefined) {
      rows.push(row(name, field.words, valueOf(frame, value, field.type, full, shape.lacks)));
      continue;
    }
    const lack = shape.lacks.find((one) => one.field === full);
    if (lack !== undefined) rows.push(row(name, field.words, absence(lack)));
    else absent.push(html`<code>${name}</code> (${field.words})`);
  }
  for (const [name, value] of Object.entries(facts))
    if (!Object.hasOwn(shape.fields, name))
      rows.push(row(name, "not among the facts of this kind", valueOf(frame, value, undefined, name, [])));
  if (shape.everyAbsence && absent.length > 0)
    rows.push(
      html`<div>
        <dt><span class="absent">absent</span></dt>
        <dd class="note">${join(absent, "; ")}</dd>
      </div>`,
    );
  return html`<dl class="facts read">${rows}</dl>`;
}

function row(name: string, words: string, value: Value): Markup {
  return html`<div>
    <dt><code>${name}</code> <span class="note">${words}</span></dt>
    <dd>${value}</dd>
  </div>`;
}

function absence(lack: Lack): Markup {
  return html`<span class="absent">absent</span>
    <span class="note">${lack.reason}; would be supplied by ${lack.suppliedBy}</span>`;
}

function valueOf(
  frame: Frame,
  value: Json,
  type: FieldType | undefined,
  name: string,
  lacks: readonly Lack[],
): Markup {
  if (Array.isArray(value)) {
    const items = value as readonly Json[];
    if (items.length === 0) return html`<span class="absent">none: an empty list</span>`;
    const of = type?.type === "list" ? type.of : undefined;
    return html`<ol>
      ${items.map((one) => html`<li>${valueOf(frame, one, of, `${name}[]`, lacks)}</li>`)}
    </ol>`;
  }
  if (typeof value === "object" && value !== null) {
    const fields = type?.type === "object" ? type.fields : {};
    return factsOf(frame, value as JsonObject, { fields, name, lacks, everyAbsence: false });
  }
  if (typeof value === "string") {
    // A cast of text that the schema says is a person's id or an instant; an instant is checked before it is formatted.
    if (type?.type === "person") return personInFull(frame.view, value as PersonId);
    if (type?.type === "timestamp" && parseInstant(value).ok)
      return time(value as Instant, frame.view.summary.window.zone);
    return html`<bdi>${value}</bdi>`;
  }
  if (typeof value === "boolean") return html`${value ? "yes" : "no"}`;
  return html`${String(value)}`;
}
