/** How documents name what they speak of: `prompt-logs@2026-03-01` is what is said of a thing from that day on. */
import type { LocalDate } from "@countersign/kernel";
import type { Collection, ControlVersion, InForce } from "@countersign/program";
import { factId, type FactId, type Segment } from "../facts.ts";

/** Ids of things and controls hold no `@`, so that a key has one reading. */
export function keyOf(id: string, { from }: InForce): string {
  return from === undefined ? id : `${id}@${from}`;
}

export function segmentOf(key: string): Segment {
  const at = key.lastIndexOf("@");
  if (at < 0) return key;
  const [id, version] = [key.slice(0, at), key.slice(at + 1)];
  return version.includes("-") ? { id, from: version as LocalDate } : { id, version: Number(version) };
}

/** @param path steps below the thing: "retention", "ground" */
export function ofThing(
  collection: Collection | "controls",
  key: string,
  ...path: readonly string[]
): FactId {
  return factId("program", collection, segmentOf(key), ...path);
}

/** What of a collection the document speaks of, by key. */
export function chosen(collection: Collection | "criteria" | "controls", ...path: readonly string[]): FactId {
  return factId("document", collection, ...path);
}

export const categoriesFact = factId("program", "categories");
/** Every version of every control; what a document speaks of is `chosen("controls")`. */
export const controlsFact = factId("program", "controls");
export const criteriaOf = (category: string): FactId => factId("program", "categories", category, "criteria");
export const criterionFact = (id: string, member: "words" | "controls"): FactId =>
  member === "words" ? factId("catalog", "criteria", id, member) : factId("program", "criteria", id, member);

/** A control version as a list names it: "CHG-01@2". */
export const versionName = ({ id, version }: Pick<ControlVersion, "id" | "version">): string =>
  `${id}@${version}`;

/** @param path below the control: "statement", or "activities", its id, and the member. */
export const controlFact = (name: string, ...path: readonly string[]): FactId =>
  ofThing("controls", name, ...path);
