/** The file that a package or a backup is written to: entries in order, each whole, nothing held longer than it takes to write it. */
export type Archive = {
  /** Waits while what was added before drains. @param bytes at most a part, or a whole small file. */
  add(path: string, bytes: Uint8Array): Promise<void>;
  /** Writes the directory and puts the file in its place, durably. @returns its size in bytes. */
  finish(): Promise<number>;
  /** Leaves no file behind. */
  discard(): void;
};

export type Archives = {
  /** @param kind a backup is readable for its owner only. */
  create(path: string, kind?: "package" | "backup"): Archive;
};
