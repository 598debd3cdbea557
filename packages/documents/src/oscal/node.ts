/**
 * The small parts of an OSCAL document. Its texts are of four kinds (NIST's metaschema data types): a token, a string of one line,
 * a line of Markdown, and Markdown of many lines. What the company wrote is put into each so that it reads as it was written.
 */
import { hash } from "node:crypto";
import type { Json, JsonObject } from "@countersign/kernel";
import { visible } from "../writing/sentences.ts";

/** Of our own properties: a name of OSCAL's means what NIST says, and ours mean what docs/formats/oscal.md says. */
export const OSCAL_NS = "urn:countersign:oscal:1";

/** Every UUID of an export is made in it; drawn at random once, and never changed. */
const UUID_NAMESPACE = "b0d5c0f4-6a0e-4f5b-9d2a-3f7c1e8a9b64";

type Members = { readonly [name: string]: Json | undefined };

/** Without what is not there: OSCAL has neither null nor empty lists. */
export function node(members: Members): JsonObject {
  return Object.fromEntries(
    Object.entries(members).filter(
      (entry): entry is [string, Json] =>
        entry[1] !== undefined && !(Array.isArray(entry[1]) && entry[1].length === 0),
    ),
  );
}

/**
 * Of what a fact id names, in this organization: the same in every export, whatever else changed (RFC 9562, version 5).
 * @param path steps of the fact's id; a step may hold any text, and no two paths run together
 */
export function uuidOf(organization: string, ...path: readonly string[]): string {
  const name = [organization, ...path].map((step) => encodeURIComponent(step.toWellFormed())).join("/");
  const digest = hash(
    "sha1",
    Buffer.concat([Buffer.from(UUID_NAMESPACE.replaceAll("-", ""), "hex"), Buffer.from(name)]),
    "buffer",
  );
  const bytes = Buffer.from(digest.subarray(0, 16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return [8, 12, 16, 20, 32].map((end, index) => hex.slice([0, 8, 12, 16, 20][index], end)).join("-");
}

/** A string of one line: neither empty nor with a space at an end. */
export function line(text: string): string {
  const one = visible(text)
    .replaceAll(/[\s\u0085]+/g, " ")
    .trim();
  return one === "" ? "(blank)" : one;
}

/** A line that Markdown shows as it is written: what would be a mark of it stands behind a backslash. */
export function plain(text: string): string {
  return line(text)
    .replaceAll(/[\\`*_{}[\]<>^~|]|&(?=#?\w+;)/g, "\\$&")
    .replace(/^[-+=#]/, "\\$&")
    .replace(/^(\d+)([.)])/, "$1\\$2");
}

/** Paragraphs of Markdown. */
export function paragraphs(...texts: readonly (string | undefined)[]): string {
  return texts.filter((text) => text !== undefined && text !== "").join("\n\n");
}

/** A list of Markdown, or nothing where it has no members. */
export function bullets(texts: readonly string[]): string | undefined {
  return texts.length === 0 ? undefined : texts.map((text) => `- ${text}`).join("\n");
}

/** A property of ours. */
export function prop(name: string, value: string | number | boolean, remarks?: string): JsonObject {
  return node({ name, ns: OSCAL_NS, value: line(String(value)), remarks });
}

/** A property where there is something to say. */
export function maybe(name: string, value: string | number | boolean | undefined): readonly JsonObject[] {
  return value === undefined ? [] : [prop(name, value)];
}

/** Each member under the name; a list that is not said has none. */
export function each(name: string, values: readonly string[] | undefined): readonly JsonObject[] {
  return (values ?? []).map((value) => prop(name, value));
}

/** What the program leaves open, by the member's name: nothing is put in its place. */
export function notSaid(members: { readonly [member: string]: unknown }): readonly JsonObject[] {
  return Object.entries(members)
    .filter(([, value]) => value === undefined)
    .map(([member]) => prop("not-said", member));
}
