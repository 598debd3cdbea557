/**
 * Reads a source's settings. Everything wrong is gathered and told at once, each with the source's id and the key, and
 * an unknown key is an error, so that a misspelt setting never falls back to a default in silence.
 */
import { ProblemError, type Json, type JsonObject, type Problem } from "@countersign/kernel";
import type { ReadRequest } from "@countersign/application/ports";
import { nearest } from "./suggest.ts";

type Source = ReadRequest["source"];

/** One object of the settings, with the place where it stands. */
export class Settings {
  readonly #values: JsonObject;
  readonly #path: string;
  readonly #shared: Shared;
  readonly #asked = new Set<string>();
  readonly #children: Settings[] = [];

  private constructor(values: JsonObject, path: string, shared: Shared) {
    this.#values = values;
    this.#path = path;
    this.#shared = shared;
  }

  static of(source: Source): Settings {
    return new Settings(source.settings, "", { source: source.id, problems: [] });
  }

  /** Ends the reading. @throws ProblemError with everything that was wrong, unknown keys included. */
  finish(): void {
    this.#reportUnknown();
    if (this.#shared.problems.length > 0) throw new ProblemError(this.#shared.problems);
  }

  has(key: string): boolean {
    this.#asked.add(key);
    return this.#values[key] !== undefined;
  }

  text(key: string, next: string): string {
    const value = this.optionalText(key);
    if (value === undefined && this.#values[key] === undefined) {
      this.complain(key, "settings/missing", "is missing", next);
    }
    return value ?? "";
  }

  /** @param options.blank whether white space counts as text: a tab can be a delimiter */
  optionalText(key: string, options: { readonly blank?: boolean } = {}): string | undefined {
    const value = this.#take(key);
    if (value === undefined) return undefined;
    if (typeof value === "string" && (options.blank === true ? value : value.trim()) !== "") return value;
    this.complain(key, "settings/type", `must be text, and is ${describe(value)}`, `write ${key}: some text`);
    return undefined;
  }

  /** A whole number of at least `least`. */
  integer(key: string, fallback: number, least: number): number {
    const value = this.#take(key);
    if (value === undefined) return fallback;
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= least) return value;
    const why = `must be a whole number of at least ${least}, and is ${describe(value)}`;
    this.complain(key, "settings/type", why, `write ${key}: ${fallback}, or leave it out`);
    return fallback;
  }

  /** A list of texts; a single text stands for a list of one. */
  texts(key: string, fallback: readonly string[]): readonly string[] {
    const value = this.#take(key);
    if (value === undefined) return fallback;
    const list = typeof value === "string" ? [value] : value;
    if (Array.isArray(list) && list.every((entry) => typeof entry === "string" && entry.trim() !== "")) {
      return list as readonly string[];
    }
    this.complain(
      key,
      "settings/type",
      `must be a list of texts, and is ${describe(value)}`,
      `write ${key}: [first, second]`,
    );
    return fallback;
  }

  oneOf<T extends string>(key: string, allowed: readonly T[], fallback: T): T {
    const value = this.#take(key);
    if (value === undefined) return fallback;
    const found = allowed.find((entry) => entry === value);
    if (found !== undefined) return found;
    const near = typeof value === "string" ? nearest(value, allowed) : undefined;
    const why = `must be one of ${allowed.join(", ")}, and is ${describe(value)}`;
    this.complain(key, "settings/value", why, `write ${key}: ${near ?? fallback}`);
    return fallback;
  }

  /** An object of the settings; an empty one where it is absent. */
  object(key: string): Settings {
    const value = this.#take(key);
    if (value === undefined || isObject(value)) return this.#child(value ?? {}, this.#place(key));
    this.complain(
      key,
      "settings/type",
      `must be a group of settings, and is ${describe(value)}`,
      `indent its settings below ${key}:`,
    );
    return this.#child({}, this.#place(key));
  }

  /** Text, or an object where more is to be said than the text. */
  textOrObject(key: string): string | Settings {
    return typeof this.#values[key] === "string" ? (this.optionalText(key) ?? "") : this.object(key);
  }

  /** A list of objects. */
  objects(key: string): readonly Settings[] {
    const value = this.#take(key);
    if (value === undefined) return [];
    if (Array.isArray(value) && value.every(isObject)) {
      return value.map((entry, index) => this.#child(entry as JsonObject, `${this.#place(key)}[${index}]`));
    }
    this.complain(
      key,
      "settings/type",
      `must be a list of groups of settings, and is ${describe(value)}`,
      `begin each entry below ${key}: with "- "`,
    );
    return [];
  }

  /** The members as they stand, for a setting whose keys the user chooses. */
  entries(): readonly (readonly [string, Json])[] {
    return Object.keys(this.#values).map((key) => {
      this.#asked.add(key);
      return [key, this.#values[key] ?? null] as const;
    });
  }

  complain(key: string, code: string, why: string, next: string): void {
    this.#asked.add(key);
    this.#shared.problems.push({
      code,
      what: `The setting ${this.#place(key)} of source ${this.#shared.source} ${why}.`,
      where: `sources.yaml, source ${this.#shared.source}, ${this.#place(key)}`,
      next,
    });
  }

  #take(key: string): Json | undefined {
    this.#asked.add(key);
    const value = this.#values[key];
    return value === null ? undefined : value;
  }

  #place(key: string): string {
    return this.#path === "" ? key : `${this.#path}.${key}`;
  }

  #child(values: JsonObject, path: string): Settings {
    const child = new Settings(values, path, this.#shared);
    this.#children.push(child);
    return child;
  }

  #reportUnknown(): void {
    const known = [...this.#asked];
    for (const key of Object.keys(this.#values)) {
      if (this.#asked.has(key)) continue;
      const near = nearest(key, known);
      const next =
        near === undefined ? `remove it; known here: ${known.join(", ")}` : `did you mean ${near}?`;
      this.complain(key, "settings/unknown-key", "is not known", next);
    }
    for (const child of this.#children) child.#reportUnknown();
  }
}

type Shared = { readonly source: string; readonly problems: Problem[] };

function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function describe(value: Json): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "a group of settings";
  return JSON.stringify(value);
}
