/** Reads members of JSON that others wrote: what is absent or of another type is undefined, never an error. */
import { parseInstant, type EpochMs, type Json, type JsonObject } from "@countersign/kernel";

export function member(value: Json | undefined, ...path: readonly string[]): Json | undefined {
  let current = value;
  for (const name of path) current = asObject(current)?.[name];
  return current === null ? undefined : current;
}

export function asObject(value: Json | undefined): JsonObject | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}

export function asList(value: Json | undefined): readonly Json[] | undefined {
  return Array.isArray(value) ? (value as readonly Json[]) : undefined;
}

/** Text that holds something. */
export function asText(value: Json | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

export function asNumber(value: Json | undefined): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) ? value : undefined;
}

/** An instant with its zone. Go's zero time ("0001-01-01T00:00:00Z") is how `gh` writes that there is none. */
export function asInstant(value: Json | undefined): EpochMs | undefined {
  const text = asText(value);
  if (text === undefined || text.startsWith("0001-01-01")) return undefined;
  const parsed = parseInstant(text);
  return parsed.ok ? parsed.value : undefined;
}

/** Without the members that are undefined. */
export function present<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const kept = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(kept) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
