/** A calendar as other programs read it: iCalendar (RFC 5545), an all-day event for each entry. */
import { formatInstant, type EpochMs } from "@countersign/kernel";
import type { CalendarEntry } from "./calendar.ts";

export type IcsOptions = {
  /** Of the organization: part of every UID, so that calendars of two companies do not meet. */
  readonly organization: { readonly id: string; readonly name: string };
  readonly sampleData: boolean;
  /** When it is written (DTSTAMP). */
  readonly now: EpochMs;
  readonly nameOf: (person: string) => string;
};

/**
 * Lines end in CRLF and are folded at 75 octets (section 3.1). An event keeps its UID when it falls due another time, so that a
 * program which takes the file again moves the event (3.8.4.7). It takes up no time (TRANSP, 3.8.2.7).
 */
export function icsOf(entries: readonly CalendarEntry[], options: IcsOptions): string {
  const stamp = formatInstant(Math.floor(options.now / 1000) * 1000).replaceAll(/[-:]/g, "");
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//countersign//routine//EN",
    ...entries.flatMap((entry) => [
      "BEGIN:VEVENT",
      `UID:${escaped(`${entry.id}@${options.organization.id}.countersign.local`)}`,
      `DTSTAMP:${stamp}`,
      `DTSTART;VALUE=DATE:${entry.on.replaceAll("-", "")}`,
      `SUMMARY:${escaped(summaryOf(entry, options))}`,
      `DESCRIPTION:${escaped(descriptionOf(entry, options))}`,
      "TRANSP:TRANSPARENT",
      "END:VEVENT",
    ]),
    "END:VCALENDAR",
  ];
  return lines.map((line) => `${folded(line)}\r\n`).join("");
}

/** In place of an owner whom nobody has named. */
export function nobody(ownerRole: string | undefined): string {
  return ownerRole === undefined ? "nobody by name" : `nobody by name (${ownerRole})`;
}

function summaryOf({ what, overdue }: CalendarEntry, { sampleData }: IcsOptions): string {
  return `${sampleData ? "SAMPLE DATA: " : ""}${overdue ? "overdue: " : ""}${what}`;
}

function descriptionOf(
  { next, owner, ownerRole, ground }: CalendarEntry,
  { nameOf, organization }: IcsOptions,
): string {
  return [
    next,
    `owner: ${owner === undefined ? nobody(ownerRole) : nameOf(owner)}`,
    ...(ground === undefined ? [] : [`the day: ${ground}`]),
    organization.name,
  ].join("\n");
}

/** A value of the type TEXT (3.3.11). Other control characters have no place in one. */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[\\;,]/g, (character) => `\\${character}`)
    .replaceAll(/\r\n|\r|\n/g, "\\n")
    .replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f]/g, "");
}

const LINE_OCTETS_MAX = 75;

/** Never inside of a character: a line that goes on begins with a space, which counts. */
function folded(line: string): string {
  let text = "";
  let octets = 0;
  for (const character of line) {
    const size = octetsOf(character.codePointAt(0) ?? 0);
    if (octets + size > LINE_OCTETS_MAX) {
      text += "\r\n ";
      octets = 1;
    }
    text += character;
    octets += size;
  }
  return text;
}

function octetsOf(codePoint: number): number {
  return codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
}
