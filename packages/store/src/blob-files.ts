/**
 * Blobs as files named by digest. A digest is handed out only when the bytes and their name are on disk. A blob under a
 * salt has the salt in front of its bytes, in the same file: they come and go together, and the file's SHA-256 is its name.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
} from "node:fs";
import { dirname, join } from "node:path";
import {
  commitmentOf,
  Digester,
  digestOf,
  hexOf,
  isDigest,
  isSalt,
  ProblemError,
  type Digest,
} from "@countersign/kernel";
import type { Blobs, BlobWriter } from "@countersign/application/ports";
import { makeDirectory, syncDirectory, writeWhole, writing } from "./directories.ts";
import { newHalt, type Halt } from "./halt.ts";

const CHUNK = 1 << 20;
const SMALL = 16 << 10;
const SALT_LENGTH = 32;
/** Tells a file that begins with a salt. */
const SALTED = ".salted";

/** No write is open for so long without a byte; a read that were this slow would fail, and record nothing. */
const ABANDONED_MS = 24 * 3_600_000;

export function openBlobFiles(directory: string, uniqueName: () => string, halt: Halt = newHalt()): Blobs {
  const temporary = join(directory, "tmp");
  makeDirectory(temporary, halt);
  removeAbandoned(temporary);

  const pathOf = (digest: Digest): string => {
    // Digests also come from records: what is not one must not become a path.
    if (!isDigest(digest)) throw new TypeError("not a digest");
    const hex = hexOf(digest);
    return join(directory, hex.slice(0, 2), hex);
  };

  const find = (digest: Digest): { readonly path: string; readonly skip: number } => {
    const path = pathOf(digest);
    return existsSync(path + SALTED) ? { path: path + SALTED, skip: SALT_LENGTH } : { path, skip: 0 };
  };
  const has = (digest: Digest): boolean => existsSync(find(digest).path);

  const erased = join(directory, "erased");
  const markOf = (record: string): string => {
    if (!/^[\w-]+$/.test(record)) throw new TypeError("not the id of a record");
    return join(erased, record);
  };

  const open = (digest: Digest): { readonly file: number; readonly skip: number } => {
    const { path, skip } = find(digest);
    try {
      return { file: openSync(path, "r"), skip };
    } catch (error) {
      throw new ProblemError(
        {
          code: "blob-missing",
          what: `the stored bytes of ${digest} cannot be read`,
          where: path,
          why: error instanceof Error ? error.message : String(error),
          next: "countersign fsck names everything that is damaged or missing; restore the file from a backup",
        },
        { cause: error },
      );
    }
  };

  /** @param from of the stored file, salt and all. */
  const readAt = (digest: Digest, offset: number, length: number, whole = false): Uint8Array => {
    const { file, skip } = open(digest);
    const start = whole ? offset : offset + skip;
    try {
      const bytes = Buffer.alloc(length);
      let filled = 0;
      while (filled < length) {
        const count = readSync(file, bytes, filled, length - filled, start + filled);
        if (count === 0) break;
        filled += count;
      }
      return bytes.subarray(0, filled);
    } finally {
      closeSync(file);
    }
  };

  function* stream(digest: Digest): Iterable<Uint8Array> {
    const { file, skip } = open(digest);
    try {
      for (let at = skip; ;) {
        const bytes = Buffer.allocUnsafe(CHUNK);
        const count = readSync(file, bytes, 0, CHUNK, at);
        if (count === 0) return;
        at += count;
        yield bytes.subarray(0, count);
      }
    } finally {
      closeSync(file);
    }
  }

  const create = (salt?: string): FileBlobWriter =>
    new FileBlobWriter(join(temporary, uniqueName()), pathOf, halt, salt);
  const saltOf = (digest: Digest): string | undefined =>
    find(digest).skip === 0
      ? undefined
      : Buffer.from(readAt(digest, 0, SALT_LENGTH, true)).toString("latin1");

  return {
    put(bytes, salt) {
      const digest = salt === undefined ? digestOf(bytes) : commitmentOf(bytes, salt);
      if (has(digest)) {
        keepName(pathOf(digest), halt);
        return { digest, size: bytes.length };
      }
      const writer = create(salt);
      try {
        writer.write(bytes);
        return writer.finish();
      } catch (error) {
        // A full disk gets its room back.
        rmSync(writer.temporary, { force: true });
        throw error;
      }
    },
    create,
    has,
    saltOf,
    read(digest) {
      const { path, skip } = find(digest);
      return readAt(digest, 0, Math.max(0, (statSync(path, { throwIfNoEntry: false })?.size ?? 0) - skip));
    },
    readRange: (digest, offset, length) => readAt(digest, offset, length),
    stream,
    stored: (prefix) => storedUnder(directory, prefix),
    check(digest) {
      if (!has(digest)) return "missing";
      const salt = saltOf(digest);
      if (salt !== undefined && !isSalt(salt)) return "damaged";
      const digester = new Digester(salt);
      for (const bytes of stream(digest)) digester.update(bytes);
      return digester.finish().digest === digest ? "intact" : "damaged";
    },
    erase(digest) {
      const path = pathOf(digest);
      // The name goes, and the space is given back; what a disk or its journal still holds is not in our hands.
      rmSync(path + SALTED, { force: true });
      rmSync(path, { force: true });
      if (existsSync(dirname(path))) syncDirectory(dirname(path), halt);
    },
    replace: (digest) =>
      new FileBlobWriter(join(temporary, uniqueName()), pathOf, halt, undefined, pathOf(digest)),
    isErasureDone: (record) => existsSync(markOf(record)),
    noteErasureDone(record) {
      makeDirectory(erased, halt);
      closeSync(openSync(markOf(record), "w", 0o600));
      syncDirectory(erased, halt);
    },
  };
}

function storedUnder(directory: string, prefix: string): { digests: Digest[]; strange: string[] } {
  const folder = join(directory, prefix);
  const digests: Digest[] = [];
  const strange: string[] = [];
  if (!existsSync(folder)) return { digests, strange };
  for (const name of readdirSync(folder).sort()) {
    const digest = `sha256:${name.endsWith(SALTED) ? name.slice(0, -SALTED.length) : name}`;
    // A digest in another one's folder is not found by anybody.
    if (isDigest(digest) && name.startsWith(prefix)) digests.push(digest);
    else strange.push(join(prefix, name));
  }
  return { digests, strange };
}

/** What killed processes left half-written: no record speaks of it, no erasure would find it, and it may name people. */
function removeAbandoned(temporary: string): void {
  for (const name of readdirSync(temporary)) {
    const path = join(temporary, name);
    const written = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    if (written !== undefined && Date.now() - written > ABANDONED_MS) rmSync(path, { force: true });
  }
}

class FileBlobWriter implements BlobWriter {
  readonly #path: string;
  readonly #pathOf: (digest: Digest) => string;
  readonly #halt: Halt;
  readonly #file: number;
  readonly #salted: boolean;
  /** Where it goes whatever its digest, in place of what is there. */
  readonly #instead: string | undefined;
  /** Of the stored file, whose first bytes are the salt where there is one. */
  readonly #digester = new Digester();
  /** Grows to CHUNK, so that a small blob takes little. */
  #buffer: Buffer = Buffer.allocUnsafe(SMALL);
  #buffered = 0;
  #size = 0;

  constructor(
    path: string,
    pathOf: (digest: Digest) => string,
    halt: Halt,
    salt: string | undefined,
    instead?: string,
  ) {
    halt.check();
    this.#instead = instead;
    this.#path = path;
    this.#pathOf = pathOf;
    this.#halt = halt;
    this.#salted = salt !== undefined;
    if (salt !== undefined && !isSalt(salt)) throw new TypeError("a salt is 32 lowercase hex digits");
    this.#file = writing(path, () => openSync(path, "wx", 0o600));
    if (salt !== undefined) this.#buffered = this.#buffer.write(salt, "latin1");
  }

  get temporary(): string {
    return this.#path;
  }

  get size(): number {
    return this.#size;
  }

  /** Copies: callers reuse their buffers. */
  write(bytes: Uint8Array): { offset: number; length: number } {
    const place = { offset: this.#size, length: bytes.length };
    this.#size += bytes.length;
    if (this.#buffered + bytes.length > CHUNK) this.#flush();
    if (bytes.length > CHUNK) {
      this.#keep(bytes);
    } else {
      this.#makeRoom(this.#buffered + bytes.length);
      this.#buffer.set(bytes, this.#buffered);
      this.#buffered += bytes.length;
    }
    return place;
  }

  #makeRoom(size: number): void {
    if (size <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(size <= CHUNK / 4 ? CHUNK / 4 : CHUNK);
    larger.set(this.#buffer.subarray(0, this.#buffered));
    this.#buffer = larger;
  }

  #flush(): void {
    this.#keep(this.#buffer.subarray(0, this.#buffered));
    this.#buffered = 0;
  }

  #keep(bytes: Uint8Array): void {
    this.#digester.update(bytes);
    writeWhole(this.#path, this.#file, bytes);
  }

  finish(): { digest: Digest; size: number } {
    this.#flush();
    const { digest } = this.#digester.finish();
    const path = this.#instead ?? this.#pathOf(digest) + (this.#salted ? SALTED : "");
    this.#halt.sync(this.#path, () => fsyncSync(this.#file));
    closeSync(this.#file);
    makeDirectory(dirname(path), this.#halt);
    if (this.#instead !== undefined) renameSync(this.#path, path);
    else this.#link(path);
    keepName(path, this.#halt);
    return { digest, size: this.#size };
  }

  #link(path: string): void {
    try {
      linkSync(this.#path, path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST")
        writing(path, () => {
          throw error;
        });
    }
    writing(this.#path, () => unlinkSync(this.#path));
  }

  discard(): void {
    closeSync(this.#file);
    unlinkSync(this.#path);
  }
}

/**
 * The name of a file is durable once its directory is; that of one that was there, too: whoever gave it may have been
 * killed before the directory was on disk.
 */
function keepName(path: string, halt: Halt): void {
  syncDirectory(dirname(path), halt);
  syncDirectory(dirname(dirname(path)), halt);
}
