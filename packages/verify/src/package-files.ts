/** The files of a package, each read once: its digest and size against the manifest, its bytes to whoever needs them. */
import { Digester, type Digest } from "@countersign/kernel";
import {
  openZip,
  outsideManifest,
  readEntrySlices,
  readEntryWhole,
  type ManifestFile,
  type RandomAccess,
  type ZipEntry,
} from "@countersign/package-format";
import type { Faults } from "./faults.ts";

/** Documents that are parsed whole. */
export const DOCUMENT_BYTES_MAX = 64 * 1024 * 1024;

export type Progress = (done: number, of: number) => void;

export class PackageFiles {
  readonly #source: RandomAccess;
  readonly #faults: Faults;
  readonly #progress: Progress | undefined;
  readonly #entries: ReadonlyMap<string, ZipEntry>;
  /** What the manifest lists; undefined while no manifest could be read: then digests cannot be compared. */
  #listed: Map<string, ManifestFile> | undefined;
  readonly #read = new Set<string>();
  #bytes = 0;
  readonly total: number;

  private constructor(
    source: RandomAccess,
    faults: Faults,
    entries: ReadonlyMap<string, ZipEntry>,
    progress?: Progress,
  ) {
    this.#source = source;
    this.#faults = faults;
    this.#entries = entries;
    this.#progress = progress;
    let total = 0;
    for (const entry of entries.values()) total += entry.size;
    this.total = total;
  }

  static open(source: RandomAccess, faults: Faults, progress?: Progress): PackageFiles | undefined {
    const archive = openZip(source);
    if (!archive.ok) {
      faults.add(archive.error.code, archive.error.where, archive.error.message);
      return undefined;
    }
    for (const { code, where, message } of archive.value.faults) faults.add(code, where, message);
    return new PackageFiles(source, faults, archive.value.entries, progress);
  }

  get count(): number {
    return this.#entries.size;
  }

  has(path: string): boolean {
    return this.#entries.has(path);
  }

  wasRead(path: string): boolean {
    return this.#read.has(path);
  }

  paths(): IterableIterator<string> {
    return this.#entries.keys();
  }

  /** Says what is listed and missing, and what is there and not listed. */
  compareWith(files: readonly ManifestFile[]): void {
    this.#listed = new Map(files.map((file) => [file.path, file]));
    for (const { path } of files)
      if (!this.#entries.has(path))
        this.#faults.add("file-missing", path, "listed in the manifest and not in the package");
    for (const path of this.#entries.keys())
      if (!this.#listed.has(path) && !outsideManifest.includes(path))
        this.#faults.add("file-extra", path, "in the package and not listed in the manifest");
  }

  /**
   * Reads a file in slices and compares it with the manifest. A slice is the caller's to change.
   * @returns its digest and size; undefined when it is missing or cannot be read (the fault is noted).
   */
  read(
    path: string,
    onSlice?: (bytes: Buffer) => void,
  ): { readonly digest: Digest; readonly size: number } | undefined {
    const entry = this.#entries.get(path);
    if (entry === undefined) {
      // What the manifest lists was reported already.
      if (this.#listed?.has(path) !== true) this.#faults.add("file-missing", path, "not in the package");
      return undefined;
    }
    const digester = new Digester();
    const unpacked = readEntrySlices(this.#source, entry, (slice) => {
      digester.update(slice);
      onSlice?.(slice);
    });
    this.#done(entry);
    if (!unpacked.ok) {
      this.#faults.add("file-unreadable", path, unpacked.error);
      return undefined;
    }
    const found = digester.finish();
    this.#compare(path, found);
    return found;
  }

  /** A whole document: for what is parsed. */
  readWhole(path: string): Uint8Array | undefined {
    const entry = this.#entries.get(path);
    if (entry !== undefined && entry.size > DOCUMENT_BYTES_MAX) {
      this.#faults.add("file-unreadable", path, `larger than ${DOCUMENT_BYTES_MAX} bytes`);
      return undefined;
    }
    const slices: Buffer[] = [];
    return this.read(path, (slice) => slices.push(slice)) === undefined ? undefined : Buffer.concat(slices);
  }

  /** The manifest and its signature: the two files that no list of digests covers. */
  readUnlisted(path: string): Uint8Array | undefined {
    const entry = this.#entries.get(path);
    if (entry === undefined) {
      this.#faults.add("file-missing", path, "not in the package");
      return undefined;
    }
    const read = readEntryWhole(this.#source, entry, DOCUMENT_BYTES_MAX);
    this.#done(entry);
    if (read.ok) return read.value;
    this.#faults.add("file-unreadable", path, read.error);
    return undefined;
  }

  #done(entry: ZipEntry): void {
    if (this.#read.has(entry.path)) return;
    this.#read.add(entry.path);
    this.#bytes += entry.size;
    this.#progress?.(this.#bytes, this.total);
  }

  #compare(path: string, found: { readonly digest: Digest; readonly size: number }): void {
    const listed = this.#listed?.get(path);
    if (listed === undefined) return;
    if (listed.size !== found.size)
      this.#faults.add("file-size", path, `${found.size} bytes here, ${listed.size} in the manifest`);
    if (listed.digest !== found.digest)
      this.#faults.add("file-digest", path, `${found.digest} here, ${listed.digest} in the manifest`);
  }
}
