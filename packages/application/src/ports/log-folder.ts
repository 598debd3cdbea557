/** The folder that a log is exported to. Paths are those of the tiled layout, with slashes. */
import type { TiledLogSource } from "@countersign/ledger";

export type LogFolder = TiledLogSource & {
  /** For people. */
  readonly name: string;
  /** What it holds, without what an interrupted write of its own left. */
  readonly list: () => Iterable<string>;
  /** Removes what interrupted writes left. */
  tidy(): void;
  /**
   * Puts a tile, bundle or handover in its place, unless one is there. Its bytes are on disk when this returns; its name, whoever
   * put it there, once `settle` has returned. @returns whether it was written
   */
  add(path: string, bytes: Uint8Array): boolean;
  settle(): void;
  /** Puts the checkpoint in the place of an earlier one, durably: last, so that nobody meets one without its tiles. */
  publish(note: string): void;
};
