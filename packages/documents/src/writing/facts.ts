/**
 * What a written document may say: facts, each under an id that leads back to where it is recorded. An absent fact is an
 * entry of its own, since a document must say what is missing and who would supply it.
 */
import { err, ok, type LocalDate, type Result } from "@countersign/kernel";
import type { PersonId } from "@countersign/records";

/** `program/controls/CHG-01@2/statement`: docs/formats/document-sidecar.md. */
export type FactId = string & { readonly __brand: "FactId" };

/** Numbers are whole. A list without members is a fact (nothing of the kind exists), never an absent one. */
export type FactValue = string | number | boolean | readonly string[];

/** Who would supply a fact that is absent. */
export type Owner =
  | { readonly kind: "person"; readonly id: PersonId; readonly name: string }
  | { readonly kind: "role"; readonly role: string }
  | { readonly kind: "unassigned" };

export const unassigned: Owner = { kind: "unassigned" };

export type Fact = {
  readonly id: FactId;
  /** What it is, as a hole names it: "the procedure of CHG-01". */
  readonly what: string;
  readonly owner: Owner;
  /** Absent: nobody has stated it. */
  readonly value: FactValue | undefined;
};

export type Facts = {
  /** Every id has an answer: one that nobody declared is absent, and unassigned. */
  readonly find: (id: FactId) => Fact;
  readonly all: () => Iterable<Fact>;
};

/** One step of a fact id: a word, or an id with the version that is meant, by its number or by its first day. */
export type Segment =
  | string
  | { readonly id: string; readonly version: number }
  | { readonly id: string; readonly from: LocalDate };

/**
 * Joins the steps of a fact's path. What is not a letter of ASCII, a digit or one of `. _ ~ : -` is percent-encoded (RFC
 * 3986, section 2.1), so that no id of the company's own can stand for another fact.
 * @throws TypeError on fewer than two segments, an empty one, a version that is not a whole number from 1 on, or a first
 * day that is none.
 */
export function factId(...segments: readonly Segment[]): FactId {
  if (segments.length < 2) throw new TypeError("a fact id has at least two segments");
  return segments.map(segmentText).join("/") as FactId;
}

function segmentText(segment: Segment): string {
  if (typeof segment === "string") return encoded(segment);
  if ("from" in segment) {
    if (!DAY.test(segment.from)) throw new TypeError(`a first day is YYYY-MM-DD, not ${segment.from}`);
    return `${encoded(segment.id)}@${segment.from}`;
  }
  if (!Number.isSafeInteger(segment.version) || segment.version < 1)
    throw new TypeError(`a version is a whole number from 1 on, not ${segment.version}`);
  return `${encoded(segment.id)}@${segment.version}`;
}

function encoded(text: string): string {
  if (text === "") throw new TypeError("a segment of a fact id is not empty");
  return encodeURIComponent(text.toWellFormed())
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%3A", ":");
}

const DAY = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;
const SEGMENT = /^(?:[A-Za-z0-9._~:-]|%[0-9A-F]{2})+(?:@(?:[1-9][0-9]{0,8}|[0-9]{4}-[0-9]{2}-[0-9]{2}))?$/;
/** Two ids of people's own, and the steps between: far below it. */
const FACT_ID_LENGTH_MAX = 2_000;

export function parseFactId(text: string): Result<FactId, string> {
  if (text.length > FACT_ID_LENGTH_MAX) return err(`longer than ${FACT_ID_LENGTH_MAX} characters`);
  const segments = text.split("/");
  if (segments.length < 2) return err("has fewer than two segments");
  for (const segment of segments) {
    if (segment === "") return err("has an empty segment");
    if (!SEGMENT.test(segment))
      return err(`has the segment ${JSON.stringify(segment)}, which is not encoded`);
  }
  return ok(text as FactId);
}

/**
 * @throws TypeError on an id that is not one, a second fact of one id, or a number that is not whole: each is a mistake of
 * whoever gathers facts, and never one of the data.
 */
export function factsOf(list: Iterable<Fact>): Facts {
  const byId = new Map<FactId, Fact>();
  for (const fact of list) {
    const parsed = parseFactId(fact.id);
    if (!parsed.ok) throw new TypeError(`the fact id ${JSON.stringify(fact.id)} ${parsed.error}`);
    if (byId.has(fact.id)) throw new TypeError(`there is a second fact ${fact.id}`);
    if (typeof fact.value === "number" && !Number.isSafeInteger(fact.value))
      throw new TypeError(`the fact ${fact.id} is ${fact.value}, and numbers are whole`);
    byId.set(fact.id, isBlank(fact.value) ? { ...fact, value: undefined } : fact);
  }
  return {
    find: (id) => byId.get(id) ?? { id, what: id, owner: unassigned, value: undefined },
    all: () => byId.values(),
  };
}

/** A text of spaces states nothing. */
function isBlank(value: FactValue | undefined): boolean {
  return typeof value === "string" && value.trim() === "";
}

/** The same facts with one of them deleted: what it was and who owns it stays known. */
export function without(facts: Facts, id: FactId): Facts {
  return factsOf(Array.from(facts.all(), (fact) => (fact.id === id ? { ...fact, value: undefined } : fact)));
}
