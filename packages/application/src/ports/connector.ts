/**
 * What a connector is asked and what it must show. It fetches and normalises; it judges nothing. A read ends complete,
 * partial or failed, and says why; it never ends quietly.
 */
import type { Interval, JsonObject, Period } from "@countersign/kernel";
import type { Extraction, Lack, PersonId, RawRef } from "@countersign/records";
import type { Source } from "@countersign/program";

/** Whatever a source knows of a person: any of them may be missing. */
export type IdentityHints = {
  readonly email?: string;
  /** A login at a named system: `{ system: "github", login: "ada" }`. */
  readonly login?: { readonly system: string; readonly login: string };
  readonly name?: string;
};

export type KnownPerson = { readonly id: PersonId; readonly bot: boolean };

/** Turns what a source calls a person into an opaque id. The same hints give the same id; several identities of one person in the program give one id. */
export type PersonResolver = (hints: IdentityHints) => KnownPerson;

/** An item without its place in a list: the facts, with persons already opaque, and where they stand in the raw bytes. */
export type ItemDraft = {
  readonly item: JsonObject & { readonly id: string };
  readonly raw: readonly RawRef[];
};

export type RawWriter = {
  /** Appends bytes and returns where they stand. */
  write(bytes: Uint8Array): { readonly offset: number; readonly length: number };
};

/** Takes what a connector reads, in any order; the store sorts, seals and keeps it. */
export type ReadSink = {
  /** Opens a raw file of this read. Asking for the same name again returns the same writer. */
  raw(name: string, mediaType: string): RawWriter;
  /** May wait while what was written drains. */
  item(draft: ItemDraft): void | Promise<void>;
  exclude(row: { readonly id: string; readonly reason: string }): void | Promise<void>;
  progress(done: number, of: number | undefined, words: string): void;
};

export type ReadRequest = {
  readonly source: Source;
  readonly period: Period;
  readonly interval: Interval;
  readonly person: PersonResolver;
  /** Resolves a path of the settings against the program folder. */
  readonly resolve: (path: string) => string;
};

export type ReadOutcome = {
  /** Exactly what was asked, so that it can be asked again by hand. */
  readonly query: string;
  readonly parameters: JsonObject;
  readonly mapping?: JsonObject;
  readonly pages: number;
  readonly rowsRead: number;
  readonly extraction: Extraction;
  /** The part of the window that the read covers. */
  readonly covers: Interval;
  readonly lacks: readonly Lack[];
  readonly cautions: readonly string[];
};

export type Connector = {
  readonly name: string;
  readonly version: string;
  /** Item kinds that it can provide. */
  readonly provides: readonly string[];
  /**
   * Reads everything of the window.
   * @throws ProblemError when nothing could be read at all (no such file, not a repository, unreadable settings).
   */
  read(request: ReadRequest, sink: ReadSink): Promise<ReadOutcome>;
};
