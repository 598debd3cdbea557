/**
 * The sidecar: for every sentence of a written document its place, its words and the facts that it rests on; for every hole
 * what is missing and who owns it. Normative: docs/formats/document-sidecar.md.
 */
import {
  canonicalJson,
  err,
  isDigest,
  ok,
  parseCanonicalJson,
  parseInstant,
  type Digest,
  type Instant,
  type Json,
  type JsonObject,
  type Result,
} from "@countersign/kernel";
import type { WrittenDocument } from "./blocks.ts";
import { parseFactId, type FactId, type Owner } from "./facts.ts";
import { placed, type Place } from "./layout.ts";
import { textOf } from "./sentences.ts";

export const SIDECAR_FORMAT = "countersign-document-sidecar-1";

export type SidecarSentence = {
  readonly place: Place;
  readonly text: string;
  readonly facts: readonly FactId[];
  /** Facts that the sentence does not cite and would not be there without: the list that it is about a member of. */
  readonly because?: readonly FactId[];
};

export type SidecarHole = {
  readonly place: Place;
  readonly missing: readonly { readonly fact: FactId; readonly what: string; readonly owner: Owner }[];
  readonly facts: readonly FactId[];
  readonly because?: readonly FactId[];
};

export type Sidecar = {
  readonly format: typeof SIDECAR_FORMAT;
  readonly document: string;
  readonly version: number;
  readonly sampleData: boolean;
  readonly asOf: Instant;
  readonly program: Digest;
  readonly sentences: readonly SidecarSentence[];
  readonly holes: readonly SidecarHole[];
};

export function sidecarOf(document: WrittenDocument): Sidecar {
  const sentences: SidecarSentence[] = [];
  const holes: SidecarHole[] = [];
  for (const { place, said, because } of placed(document)) {
    const reasons = because.length > 0 && { because: [...new Set(because)] };
    if (said.kind === "sentence")
      sentences.push({ place, text: textOf(said), facts: said.facts, ...reasons });
    else holes.push({ place, missing: said.missing, facts: said.facts, ...reasons });
  }
  return {
    format: SIDECAR_FORMAT,
    document: document.name,
    version: document.version,
    sampleData: document.sampleData,
    asOf: document.asOf,
    program: document.program,
    sentences,
    holes,
  };
}

/** Canonical JSON: the same document has the same sidecar, byte for byte. */
export function sidecarText(document: WrittenDocument): string {
  return canonicalJson(sidecarOf(document));
}

/** @returns the sidecar, or the first thing that the format does not allow, with its place. */
export function parseSidecar(bytes: Uint8Array | string): Result<Sidecar, string> {
  const json = parseCanonicalJson(bytes);
  if (!json.ok) return json;
  const fault = faultOf(json.value);
  // Every member was checked.
  return fault === undefined ? ok(json.value as unknown as Sidecar) : err(fault);
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isText = (value: Json | undefined): value is string => typeof value === "string" && value !== "";
const isCount = (value: Json | undefined): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 1;

type Shape = { readonly [member: string]: (value: Json | undefined) => boolean };

/** Exactly the members of the shape, each as it says; `undefined` is what an optional one is given. */
function fits(value: Json | undefined, shape: Shape): boolean {
  return (
    isObject(value) &&
    Object.keys(value).every((name) => Object.hasOwn(shape, name)) &&
    Object.entries(shape).every(([name, test]) => test(Object.hasOwn(value, name) ? value[name] : undefined))
  );
}

const isFacts = (value: Json | undefined): boolean =>
  Array.isArray(value) &&
  value.length > 0 &&
  new Set(value as readonly Json[]).size === value.length &&
  (value as readonly Json[]).every((id) => isText(id) && parseFactId(id).ok);
const isReasons = (value: Json | undefined): boolean => value === undefined || isFacts(value);
const isSection = (value: Json | undefined): boolean =>
  value === undefined || (isText(value) && /^[1-9][0-9]*(?:\.[1-9][0-9]*){0,5}$/.test(value));
const is =
  (...words: readonly string[]) =>
  (value: Json | undefined): boolean =>
    isText(value) && words.includes(value);

const inBlock: Shape = { section: isSection, block: isCount };
const places: readonly Shape[] = [
  { part: is("front"), entry: is("title", "organization", "notice") },
  { part: is("front-term", "front-entry"), entry: isCount },
  { part: is("heading"), section: (value) => isText(value) && isSection(value) },
  { ...inBlock, part: is("sentence"), sentence: isCount },
  { ...inBlock, part: is("item"), item: isCount, sentence: isCount },
  { ...inBlock, part: is("caption") },
  { ...inBlock, part: is("head"), column: isCount },
  { ...inBlock, part: is("label"), card: isCount, label: isCount },
  { ...inBlock, part: is("cell"), row: isCount, column: isCount, sentence: isCount },
];
const isPlace = (value: Json | undefined): boolean => places.some((shape) => fits(value, shape));

const owners: readonly Shape[] = [
  { kind: is("person"), id: isText, name: isText },
  { kind: is("role"), role: isText },
  { kind: is("unassigned") },
];
const isMissing = (value: Json | undefined): boolean =>
  fits(value, {
    fact: (id) => isText(id) && parseFactId(id).ok,
    what: isText,
    owner: (owner) => owners.some((shape) => fits(owner, shape)),
  });

const sentenceShape: Shape = { place: isPlace, text: isText, facts: isFacts, because: isReasons };
const holeShape: Shape = {
  place: isPlace,
  missing: (value) => Array.isArray(value) && value.length > 0 && (value as readonly Json[]).every(isMissing),
  facts: isFacts,
  because: isReasons,
};
const sidecarShape: Shape = {
  format: is(SIDECAR_FORMAT),
  document: isText,
  version: isCount,
  sampleData: (value) => typeof value === "boolean",
  asOf: (value) => isText(value) && parseInstant(value).ok,
  program: (value) => isText(value) && isDigest(value),
  sentences: Array.isArray,
  holes: Array.isArray,
};

function faultOf(json: Json): string | undefined {
  if (!isObject(json)) return "is not an object";
  if (json["format"] !== SIDECAR_FORMAT) return `is not in the format ${SIDECAR_FORMAT}`;
  if (!fits(json, sidecarShape)) return "has a member that is absent, unknown or of another kind";
  const seen = new Set<string>();
  for (const [name, shape] of [
    ["sentences", sentenceShape],
    ["holes", holeShape],
  ] as const) {
    for (const [index, entry] of (json[name] as readonly Json[]).entries()) {
      if (!fits(entry, shape)) return `${name}[${index}] is not what the format says`;
      const { place, facts, missing } = entry as JsonObject;
      if (name === "holes" && !citesMissing(facts, missing))
        return `holes[${index}] misses what it does not cite`;
      const where = canonicalJson(place);
      if (seen.has(where)) return `${name}[${index}] is the second at its place`;
      seen.add(where);
    }
  }
  return undefined;
}

function citesMissing(facts: Json | undefined, missing: Json | undefined): boolean {
  const cited = new Set(facts as readonly Json[]);
  return (missing as readonly JsonObject[]).every(({ fact }) => cited.has(fact ?? null));
}
