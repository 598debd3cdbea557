/** Closed readers of JSON: a member that is missing, unknown or of another type refuses the document, with its place. */
import {
  err,
  isDigest,
  isSalt,
  ok,
  parseCanonicalJson,
  parseInstant,
  parseLocalDate,
} from "@countersign/kernel";
import type { Digest, Instant, Json, JsonObject, LocalDate, Result } from "@countersign/kernel";
import type { WindowBody } from "@countersign/records";
import { checkPackagePath } from "./paths.ts";

class ShapeError extends Error {}

/** Gives a typed value or throws; only `readDocument` catches. */
export type Shape<T> = (value: Json | undefined, at: string) => T;

function refuse(at: string, wanted: string): never {
  throw new ShapeError(`${at === "" ? "the document" : at}: ${wanted}`);
}

/** Reads a whole document. It must be canonical JSON, so that it has one reading only. */
export function readDocument<T>(bytes: Uint8Array | string, shape: Shape<T>): Result<T, string> {
  const json = parseCanonicalJson(bytes);
  return json.ok ? readShape(json.value, shape) : json;
}

export function readShape<T>(value: Json, shape: Shape<T>): Result<T, string> {
  try {
    return ok(shape(value, ""));
  } catch (error) {
    if (error instanceof ShapeError) return err(error.message);
    throw error;
  }
}

export const string: Shape<string> = (value, at) =>
  typeof value === "string" ? value : refuse(at, "a text is needed");

export const name: Shape<string> = (value, at) => {
  const read = string(value, at);
  return read === "" ? refuse(at, "an empty text") : read;
};

export const boolean: Shape<boolean> = (value, at) =>
  typeof value === "boolean" ? value : refuse(at, "true or false is needed");

/** A count or a size: 0 to 2^53-1. */
export const count: Shape<number> = (value, at) =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0
    ? value
    : refuse(at, "a whole number from 0 to 2^53-1 is needed");

export const digest: Shape<Digest> = (value, at) => {
  const read = string(value, at);
  return isDigest(read) ? read : refuse(at, "a digest is needed: sha256: and 64 lowercase hex digits");
};

export const hash: Shape<string> = (value, at) => {
  const read = string(value, at);
  return /^[0-9a-f]{64}$/.test(read) ? read : refuse(at, "64 lowercase hex digits are needed");
};

export const salt: Shape<string> = (value, at) => {
  const read = string(value, at);
  return isSalt(read) ? read : refuse(at, "a salt is needed: 32 lowercase hex digits");
};

export const path: Shape<string> = (value, at) => {
  const read = string(value, at);
  const checked = checkPackagePath(read);
  return checked.ok ? read : refuse(at, checked.error);
};

export const instant: Shape<Instant> = (value, at) => {
  const read = string(value, at);
  return parseInstant(read).ok ? (read as Instant) : refuse(at, "a time with its zone is needed");
};

export const localDate: Shape<LocalDate> = (value, at) => {
  const read = parseLocalDate(string(value, at));
  return read.ok ? read.value : refuse(at, read.error);
};

export function literal<const T extends string>(...texts: readonly T[]): Shape<T> {
  return (value, at) => {
    const found = texts.find((text) => text === value);
    return found ?? refuse(at, texts.map((text) => JSON.stringify(text)).join(" or "));
  };
}

export function list<T>(of: Shape<T>): Shape<readonly T[]> {
  return (value, at) =>
    Array.isArray(value)
      ? (value as readonly Json[]).map((member, i) => of(member, `${at}[${i}]`))
      : refuse(at, "a list is needed");
}

type Shapes = { readonly [member: string]: Shape<unknown> };
type Shaped<S extends Shapes> = { readonly [K in keyof S]: S[K] extends Shape<infer T> ? T : never };

/** Exactly these members. */
export function object<S extends Shapes>(members: S): Shape<Shaped<S>> {
  return (value, at) => {
    const json = jsonObject(value, at);
    for (const key of Object.keys(json))
      if (!Object.hasOwn(members, key)) refuse(memberOf(at, key), "an unknown member");
    const read: { [key: string]: unknown } = {};
    for (const [key, shape] of Object.entries(members)) {
      if (!Object.hasOwn(json, key)) refuse(memberOf(at, key), "is missing");
      read[key] = shape(json[key], memberOf(at, key));
    }
    // Each member was read by the shape that its type is inferred from.
    return read as Shaped<S>;
  };
}

export const jsonObject: Shape<JsonObject> = (value, at) =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : refuse(at, "an object is needed");

/** The first of several closed shapes whose telling member is there. */
export function tagged<T>(tags: { readonly [member: string]: Shape<T> }): Shape<T> {
  return (value, at) => {
    const json = jsonObject(value, at);
    const found = Object.keys(tags).find((tag) => Object.hasOwn(json, tag));
    const shape = found === undefined ? undefined : tags[found];
    return shape === undefined
      ? refuse(at, `one of ${Object.keys(tags).join(", ")} is needed`)
      : shape(value, at);
  };
}

function memberOf(at: string, key: string): string {
  return at === "" ? key : `${at}.${key}`;
}

export const windowShape: Shape<WindowBody> = object({ from: localDate, through: localDate, zone: name });

export type OrganizationName = { readonly id: string; readonly name: string };
export const organizationShape: Shape<OrganizationName> = object({ id: name, name });
