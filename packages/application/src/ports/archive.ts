/** The file that a package or a backup is written to: entries in order, each whole, nothing held longer than it takes to write it. */
export type Archive = {
  /** Waits while what was added before drains. @param bytes at most a part, or a whole small file. */
  add(path: string, bytes: Uint8Array): Promise<void>;
  /** Writes the directory and puts the file in its place, durably. @returns its size in bytes. */
  finish(): Promise<number>;
  /** Leaves no file behind. */
  discard(): void;
};

/** Stops every later write of the process after a failed fsync: nobody knows then what is on disk. */
export type Halt = {
  /** @throws the problem that stopped everything, when there was one. */
  check(): void;
  /** Runs a call that puts bytes or names on disk. @throws ProblemError `sync-failed`, from then on for every write. */
  sync(where: string, call: () => void): void;
};

export type Archives = {
  /** @param kind a backup is readable for its owner only. */
  create(path: string, kind?: "package" | "backup"): Archive;
};
