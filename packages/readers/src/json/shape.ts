/** Closed shapes: what a file may say, and where it says anything else. */
import type { Json, JsonObject } from "@countersign/kernel";

export type Shape =
  | {
      readonly kind: "text";
      readonly charactersMax: number;
      readonly oneOf?: readonly string[];
      readonly lines?: true;
    }
  /** Standard alphabet, padded, no spare bits set: one spelling for the same bytes. */
  | { readonly kind: "base64"; readonly bytes?: number }
  /** A count of 64 bits, as protobuf's JSON writes it: decimal text, or a number. */
  | { readonly kind: "count" }
  | { readonly kind: "any" }
  | { readonly kind: "list"; readonly of: Shape; readonly min: number; readonly max: number }
  | { readonly kind: "object"; readonly members: Members; readonly exactlyOne: readonly string[] };

export type Members = { readonly [name: string]: readonly [Shape, "required" | "optional"] };

export const text = (charactersMax = 1024): Shape => ({ kind: "text", charactersMax });
/** Text of several lines. */
export const lines = (charactersMax: number): Shape => ({ kind: "text", charactersMax, lines: true });
export const oneOf = (...texts: string[]): Shape => ({ kind: "text", charactersMax: 1024, oneOf: texts });
export const base64: Shape = { kind: "base64" };
export const bytesOf = (bytes: number): Shape => ({ kind: "base64", bytes });
export const count: Shape = { kind: "count" };
export const any: Shape = { kind: "any" };
export const list = (of: Shape, min: number, max: number): Shape => ({ kind: "list", of, min, max });
/** @param exactlyOne of these optional members is there. */
export const object = (members: Members, exactlyOne: readonly string[] = []): Shape => ({
  kind: "object",
  members,
  exactlyOne,
});

export type Fault = { readonly at: string; readonly why: string };

/** @returns the first place that does not fit, in the order of the file. */
export function whyNotShape(shape: Shape, value: Json, at = ""): Fault | undefined {
  switch (shape.kind) {
    case "any":
      return undefined;
    case "text":
      if (typeof value !== "string") return { at, why: "not text" };
      if (value.length > shape.charactersMax)
        return { at, why: `longer than ${shape.charactersMax} characters` };
      if (shape.lines !== true && !isPlainText(value))
        return { at, why: "control or reordering characters, or half of one" };
      return shape.oneOf === undefined || shape.oneOf.includes(value)
        ? undefined
        : { at, why: `${JSON.stringify(value.slice(0, 80))} is none of ${shape.oneOf.join(", ")}` };
    case "base64":
      return whyNotBase64(shape.bytes, value, at);
    case "count":
      return (typeof value === "string" && /^(?:0|[1-9]\d{0,18})$/.test(value)) ||
        (Number.isSafeInteger(value) && (value as number) >= 0)
        ? undefined
        : { at, why: "not a count" };
    case "list": {
      if (!Array.isArray(value)) return { at, why: "not a list" };
      const elements = value as readonly Json[];
      if (elements.length < shape.min || elements.length > shape.max)
        return { at, why: `${elements.length} elements, where ${shape.min} to ${shape.max} are read` };
      for (const [position, element] of elements.entries()) {
        const fault = whyNotShape(shape.of, element, `${at}[${position}]`);
        if (fault !== undefined) return fault;
      }
      return undefined;
    }
    case "object":
      return whyNotObject(shape, value, at);
  }
}

/** Shown as it stands, and said in canonical JSON: no controls, nothing that turns the line around, no lone surrogates. */
export function isPlainText(value: string): boolean {
  return !/[\p{Cc}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u.test(value);
}

function whyNotBase64(bytes: number | undefined, value: Json, at: string): Fault | undefined {
  if (typeof value !== "string") return { at, why: "not text" };
  const decoded = Buffer.from(value, "base64");
  if (decoded.length === 0 || decoded.toString("base64") !== value)
    return { at, why: "not base64 in its one spelling, or empty" };
  return bytes === undefined || decoded.length === bytes
    ? undefined
    : { at, why: `${decoded.length} bytes, where ${bytes} belong` };
}

function whyNotObject(shape: Shape & { kind: "object" }, value: Json, at: string): Fault | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return { at, why: "not an object" };
  const found = value as JsonObject;
  const placeOf = (name: string) => (at === "" ? name : `${at}.${name}`);
  for (const [name, inner] of Object.entries(found)) {
    // Own members only: "__proto__" is none.
    const member = Object.hasOwn(shape.members, name) ? shape.members[name] : undefined;
    if (member === undefined)
      return { at: placeOf(name.slice(0, 60)), why: "a member that this version does not know" };
    // In protobuf's JSON, null is a member that is not there.
    if (inner === null && member[1] === "optional") continue;
    const fault = whyNotShape(member[0], inner as Json, placeOf(name));
    if (fault !== undefined) return fault;
  }
  for (const [name, [, need]] of Object.entries(shape.members))
    if (need === "required" && !Object.hasOwn(found, name)) return { at: placeOf(name), why: "missing" };
  if (shape.exactlyOne.length > 0) {
    const present = shape.exactlyOne.filter((name) => (found[name] ?? null) !== null);
    if (present.length !== 1)
      return {
        at,
        why: `exactly one of ${shape.exactlyOne.join(", ")} is needed, and ${present.length} are there`,
      };
  }
  return undefined;
}
