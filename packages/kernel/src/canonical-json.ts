/** RFC 8785 (JSON Canonicalization Scheme). Records, items and results have exactly one spelling in bytes. */
import { CanonicalScanner } from "./canonical-scanner.ts";
import { err, ok, type Result } from "./result.ts";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/**
 * How deep lists and objects may stand in each other. Far beyond what any record needs, and far within what every reader
 * can follow: without a bound the answer would be that of the reader's stack.
 */
export const JSON_DEPTH_MAX = 64;

/**
 * The canonical text of a JSON value (RFC 8785 section 3.2). Members whose value is `undefined` are left out.
 * @throws TypeError on NaN, infinities, lone surrogates, values JSON cannot hold, and nesting beyond JSON_DEPTH_MAX.
 */
export function canonicalJson(value: unknown): string {
  return canonicalAt(value, 0);
}

/** @param depth of lists and objects around the value. */
function canonicalAt(value: unknown, depth: number): string {
  switch (typeof value) {
    case "string":
      return canonicalString(value);
    case "number":
      if (!Number.isFinite(value)) throw new TypeError("canonical JSON has no NaN and no infinity");
      // RFC 8785 section 3.2.2.3 adopts ECMAScript's own number-to-string rule; it writes -0 as 0.
      return JSON.stringify(value);
    case "boolean":
      return value ? "true" : "false";
    case "object": {
      if (value === null) return "null";
      if (depth === JSON_DEPTH_MAX) throw new TypeError(`nested deeper than ${JSON_DEPTH_MAX}`);
      if (Array.isArray(value)) {
        let text = "[";
        for (let i = 0; i < value.length; i++)
          text += (i === 0 ? "" : ",") + canonicalAt(value[i], depth + 1);
        return text + "]";
      }
      const object = value as { readonly [key: string]: unknown };
      let text = "{";
      let first = true;
      const keys = Object.keys(object);
      // Array.prototype.sort without a comparator orders by UTF-16 code units, as section 3.2.3 asks.
      if (!isAscending(keys)) keys.sort();
      for (const key of keys) {
        const member = object[key];
        if (member === undefined) continue;
        text += (first ? "" : ",") + canonicalString(key) + ":" + canonicalAt(member, depth + 1);
        first = false;
      }
      return text + "}";
    }
    default:
      throw new TypeError(`canonical JSON cannot hold a ${typeof value}`);
  }
}

/** Most objects have their members in order already. */
function isAscending(keys: readonly string[]): boolean {
  for (let i = 1; i < keys.length; i++) if ((keys[i - 1] ?? "") > (keys[i] ?? "")) return false;
  return true;
}

/** Printable ASCII without quote and backslash: JSON writes it as it stands. */
const PLAIN = /^[ !#-[\]-~]*$/;

function canonicalString(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  if (!text.isWellFormed()) throw new TypeError("canonical JSON cannot hold a lone surrogate");
  return JSON.stringify(text);
}

const scanner = new CanonicalScanner();
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Reads text that must already be canonical: what does not survive a round trip byte for byte is refused. The reasons
 * are our own words, since those of an engine differ from one to the next.
 */
export function parseCanonicalJson(bytes: Uint8Array | string): Result<Json, string> {
  // Most bytes are seen to be canonical as they stand; the rest are written again and compared.
  const isSure = typeof bytes !== "string" && scanner.scan(bytes, 0, bytes.length);
  let text: string;
  let value: Json;
  try {
    text = typeof bytes === "string" ? bytes : utf8.decode(bytes);
  } catch {
    return err("not UTF-8");
  }
  try {
    value = JSON.parse(text) as Json;
  } catch {
    return err("not JSON");
  }
  if (isSure) return ok(value);
  try {
    return canonicalJson(value) === text ? ok(value) : err("not canonical JSON (RFC 8785)");
  } catch (error) {
    // A lone surrogate that was escaped, or too many levels.
    return err(error instanceof Error ? error.message : String(error));
  }
}

/** Records and items hold no floats and no integers beyond 2^53-1, so that every JSON reader reads the same number. */
export function hasOnlySafeIntegers(value: Json): boolean {
  if (typeof value === "number") return Number.isSafeInteger(value);
  if (value === null || typeof value !== "object") return true;
  // A loop that makes nothing: it runs for every record of a log. What JSON gave has no members but its own.
  for (const name in value) if (!hasOnlySafeIntegers((value as JsonObject)[name] ?? null)) return false;
  return true;
}
