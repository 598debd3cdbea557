/** How times, dates, counts and people are written on a page. */
import {
  epochOf,
  localDateAt,
  zoneOffset,
  type Instant,
  type LocalDate,
  type TimeZone,
} from "@countersign/kernel";
import type { PackageView } from "@countersign/application/ports";
import type { UnknownReason } from "@countersign/assessment";
import type { Extraction, PersonId, Provenance, WindowBody } from "@countersign/records";
import { html, type Markup, type Value } from "./markup.ts";

/** "819", "1,000,000": grouped, so that large counts can be read. */
export function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** "1 deviation", "2 deviations". */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

/** "July 1, 2025", as reports print a window. */
export function longDate(date: LocalDate): string {
  const [year = "", month = "", day = ""] = date.split("-");
  return `${MONTHS[Number(month) - 1] ?? month} ${Number(day)}, ${year}`;
}

export function shortMonth(date: LocalDate): string {
  return (MONTHS[Number(date.slice(5, 7)) - 1] ?? "").slice(0, 3);
}

export function windowWords(window: WindowBody): string {
  return `${longDate(window.from)} through ${longDate(window.through)}`;
}

/** "2026-03-05 22:52:12Z": the record's own spelling, spaced for reading. */
export function utc(at: Instant): string {
  return at.replace("T", " ");
}

/** Offsets that were asked for already, by zone and quarter of an hour: no zone changes its clock within one. */
const offsets = new Map<string, Map<number, number>>();
const QUARTER_MS = 15 * 60_000;
/** Years of quarters; a list without order starts anew beyond it. */
const OFFSETS_MAX = 200_000;

function offsetAt(zone: string, epoch: number): number {
  let known = offsets.get(zone);
  if (known === undefined || known.size > OFFSETS_MAX) offsets.set(zone, (known = new Map<number, number>()));
  const quarter = Math.floor(epoch / QUARTER_MS);
  let offset = known.get(quarter);
  if (offset === undefined) known.set(quarter, (offset = zoneOffset(zone as TimeZone, epoch)));
  return offset;
}

/** "2026-03-05 17:52 −05:00" in the zone of the window, or nothing where that is UTC. */
export function local(at: Instant, zone: string): string | undefined {
  if (zone === "UTC") return undefined;
  const epoch = epochOf(at);
  const offset = offsetAt(zone, epoch);
  const wall = new Date(epoch + offset).toISOString();
  const minutes = Math.abs(Math.round(offset / 60_000));
  const sign = offset < 0 ? "\u2212" : "+";
  const clock = `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
  return `${wall.slice(0, 10)} ${wall.slice(11, 16)} ${sign}${clock}`;
}

/** UTC, and below it the local time of the window's zone. */
export function time(at: Instant, zone: string): Markup {
  const there = local(at, zone);
  return html`<time datetime="${at}">${utc(at)}</time
    >${there !== undefined && html` <span class="local">${there}</span>`}`;
}

export function localDay(at: Instant, zone: string): LocalDate {
  return localDateAt(zone as TimeZone, epochOf(at));
}

/** The name where the directory still gives one, else the opaque id. */
export function person(view: PackageView, id: PersonId | undefined): Markup {
  if (id === undefined) return html`<span class="absent">not recorded</span>`;
  const known = view.names.get(id);
  return known === undefined ? html`<code class="id">${id}</code>` : html`<bdi>${known.name}</bdi>`;
}

/** The name and every identity, for the pages that go down to the record. */
export function personInFull(view: PackageView, id: PersonId): Markup {
  const known = view.names.get(id);
  if (known === undefined)
    return html`<code class="id">${id}</code> <span class="note">(the directory gives no name)</span>`;
  return html`<bdi>${known.name}</bdi> <code class="id">${id}</code>${
      known.identities.length > 0 &&
      html` <span class="note"><bdi>${known.identities.join(", ")}</bdi></span>`
    }`;
}

const PROVENANCE: { readonly [provenance in Provenance]: string } = {
  source: "the source's time",
  file: "a file's time",
  asserted: "a typed date",
};

export function provenanceWords(provenance: Provenance): string {
  return PROVENANCE[provenance];
}

const REASONS: { readonly [reason in UnknownReason]: string } = {
  "not-collected": "not collected",
  "source-failed": "the source failed",
  "source-lacks-fact": "the source has no such fact",
  erased: "erased",
  "rule-error": "the rule could not be evaluated",
};

export function reasonWords(reason: UnknownReason): string {
  return REASONS[reason];
}

export function extractionWords(extraction: Extraction): { readonly state: string; readonly why: string } {
  if (extraction.state === "complete") return { state: "complete", why: extraction.proof };
  return { state: extraction.state, why: extraction.reasons.join("; ") };
}

/** A text with a full stop at its end, whoever wrote it. */
export function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

/** Whole sentences one below the other. */
export function sentences(texts: readonly string[]): Markup {
  return html`${texts.map((text) => html`<p>${sentence(text)}</p>`)}`;
}

/** Items of prose as a list, or a sentence that there are none. */
export function list(values: readonly Value[], none: string): Markup {
  if (values.length === 0) return html`<p class="none">${none}</p>`;
  return html`<ul>
    ${values.map((value) => html`<li>${value}</li>`)}
  </ul>`;
}

export type Pair = readonly [term: string, description: Value];

/** Term and description pairs; a pair whose description is undefined is left out. */
export function facts(pairs: readonly Pair[], label?: string): Markup {
  return html`<dl class="facts" ${label !== undefined && html` aria-label="${label}"`}>
    ${pairs
      .filter(([, value]) => value !== undefined && value !== false)
      .map(
        ([term, value]) =>
          html`<div>
            <dt>${term}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
  </dl>`;
}
