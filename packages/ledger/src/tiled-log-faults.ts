/** What is wrong with the files of a tiled log, each with its place. */

export type TiledLogFaultCode =
  | "checkpoint"
  | "file-missing"
  | "file-unknown"
  /** A tile of another width than its name and the log's size say. */
  | "tile-size"
  /** One hash of a tile is not that of the tree. */
  | "tile-hash"
  /** A bundle that cannot be read to its end, or has another number of entries. */
  | "bundle"
  /** One entry is not the one that the tree has. */
  | "entry"
  /** A partial tile of an earlier size that is not the beginning of the later one. */
  | "partial"
  /** The files do not hash up to the checkpoint's root. */
  | "root";

export type TiledLogFault = {
  readonly code: TiledLogFaultCode;
  readonly path: string;
  readonly message: string;
};

/** So many are listed; more are counted. */
export const TILED_LOG_FAULTS_MAX = 1000;

export class TiledLogFaults {
  readonly list: TiledLogFault[] = [];
  more = 0;

  readonly add = (code: TiledLogFaultCode, path: string, message: string): void => {
    if (this.list.length < TILED_LOG_FAULTS_MAX) this.list.push({ code, path, message });
    else this.more++;
  };
}

/** Entries [start, end). */
export type EntryRange = { readonly start: number; readonly end: number };

/** Gathers ranges that come from left to right. */
export class EntryRanges {
  readonly list: EntryRange[] = [];
  count = 0;

  add(start: number, end: number): void {
    if (start >= end) return;
    this.count += end - start;
    const last = this.list.at(-1);
    if (last?.end === start) this.list[this.list.length - 1] = { start: last.start, end };
    else this.list.push({ start, end });
  }
}
