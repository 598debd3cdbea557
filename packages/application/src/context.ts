/** What every use case is handed. The command line builds it once; nothing here reaches for the environment. */
import type { Clock, Random } from "@countersign/kernel";
import type { Actor } from "@countersign/records";
import type { Blobs, Connector, ListWriterFactory, Store } from "./ports/index.ts";
import type { WorkspaceKeys } from "./workspace-keys.ts";

export type OutsideCheckpoint = {
  /** The file, as people see it. */
  readonly name: string;
  readonly note: string;
  /** A time stamp that stands beside it. */
  readonly stamp?: Uint8Array;
};

/** Checkpoints kept outside the database: beside the program, where the company's own git history carries them out. */
export type OutsideCheckpoints = {
  read(): readonly OutsideCheckpoint[];
  write(note: string): void;
  /** Keeps an anchor's file under a name of its own, never in place of another. @returns the path as people see it. */
  keep(name: string, bytes: Uint8Array): string;
};

export type Context = {
  readonly organization: string;
  readonly store: Store;
  readonly blobs: Blobs;
  readonly lists: ListWriterFactory;
  readonly clock: Clock;
  readonly random: Random;
  readonly actor: Actor;
  readonly keys: WorkspaceKeys;
  readonly outside: OutsideCheckpoints;
  readonly connectors: readonly Connector[];
  /** Resolves a path of the program folder. */
  readonly resolve: (path: string) => string;
  /** One line of progress; goes to stderr. */
  readonly say: (line: string) => void;
  /** "countersign 0.1.0" */
  readonly generator: string;
};
