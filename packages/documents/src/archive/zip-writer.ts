/**
 * Writes a zip whose bytes depend on its contents only: fixed time stamps, no attributes beyond the mode of a plain
 * file, sizes in the local headers (no data descriptors). Entries are deflated while earlier ones are written, and no
 * more than a few are in memory; the libraries that we looked at keep every buffer until the end.
 * Format: PKWARE APPNOTE 6.3, sections 4.3.7, 4.3.12, 4.3.14 to 4.3.16.
 */
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { crc32, deflateRaw } from "node:zlib";
import { ProblemError } from "@countersign/kernel";
import type { Archive, Archives, Halt } from "@countersign/application/ports";
import { PART_BYTES_MAX } from "@countersign/package-format";

const deflate = promisify(deflateRaw);
const IN_FLIGHT = 3;
/** 1980-01-01 00:00, the first moment that a zip can name. */
const DOS_DATE = 0x0021;
const UTF8 = 0x0800;
const U32 = 0xffff_ffff;
/** What is compressed already stays as it is. */
const STORED = /\.(?:xlsx|png|jpe?g|gz|zip|zst|pdf|docx)$/i;

type Kind = "package" | "backup";

export type Entry = {
  readonly name: Buffer;
  readonly method: 0 | 8;
  readonly crc: number;
  readonly compressed: number;
  readonly size: number;
  readonly offset: number;
};

/** @param halt of the workspace: after a failed fsync, of an archive or of anything else, no archive is written any more. */
export function zipArchives(halt: Halt): Archives {
  return { create: (path, kind = "package") => new ZipWriter(path, kind, halt) };
}

class ZipWriter implements Archive {
  readonly #path: string;
  readonly #kind: Kind;
  readonly #halt: Halt;
  readonly #file: number;
  readonly #entries: Entry[] = [];
  readonly #queue: Promise<{ name: Buffer; method: 0 | 8; crc: number; size: number; data: Uint8Array }>[] =
    [];
  #offset = 0;
  #closed = false;

  constructor(path: string, kind: Kind, halt: Halt) {
    this.#path = path;
    this.#kind = kind;
    this.#halt = halt;
    this.#file = this.#writing(() => {
      mkdirSync(dirname(path), { recursive: true });
      if (kind === "package") return openSync(`${path}.partial`, "w", 0o644);
      // A file that was there would keep its own mode, and a link would lead elsewhere.
      rmSync(`${path}.partial`, { force: true });
      return openSync(`${path}.partial`, "wx", 0o600);
    });
  }

  async add(path: string, bytes: Uint8Array): Promise<void> {
    this.#queue.push(prepare(path, bytes));
    while (this.#queue.length >= IN_FLIGHT) await this.#writeNext();
  }

  async finish(): Promise<number> {
    while (this.#queue.length > 0) await this.#writeNext();
    const start = this.#offset;
    for (const entry of this.#entries) this.#write(centralHeader(entry));
    this.#write(endOfDirectory(this.#entries.length, start, this.#offset - start));
    this.#halt.sync(this.#path, () => {
      fsyncSync(this.#file);
    });
    this.#writing(() => {
      renameSync(`${this.#path}.partial`, this.#path);
    });
    this.#halt.sync(this.#path, () => {
      syncDirectory(dirname(this.#path));
    });
    this.#close();
    return this.#offset;
  }

  #writing<T>(call: () => T): T {
    this.#halt.check();
    return writing(this.#path, this.#kind, call);
  }

  /** After `finish` the package stands: what failed later is told by itself, and the file is whole. */
  discard(): void {
    this.#close();
    rmSync(`${this.#path}.partial`, { force: true });
  }

  #close(): void {
    if (!this.#closed) closeSync(this.#file);
    this.#closed = true;
  }

  async #writeNext(): Promise<void> {
    const next = this.#queue.shift();
    if (next === undefined) return;
    const { name, method, crc, size, data } = await next;
    const entry: Entry = { name, method, crc, compressed: data.length, size, offset: this.#offset };
    this.#entries.push(entry);
    this.#write(localHeader(entry));
    this.#write(data);
  }

  #write(bytes: Uint8Array): void {
    let written = 0;
    while (written < bytes.length) written += this.#writing(() => writeSync(this.#file, bytes, written));
    this.#offset += bytes.length;
  }
}

/** The name of the package is on disk once its folder is. */
function syncDirectory(path: string): void {
  // Windows cannot open a directory; its file systems journal names.
  if (process.platform === "win32") return;
  const directory = openSync(path, "r");
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

/** A write that fails tells so at once, and is not tried again; a failed fsync is the halt's to tell. */
function writing<T>(where: string, kind: Kind, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw new ProblemError(
      {
        code: `${kind}-not-written`,
        what: `the ${kind} could not be written`,
        where,
        why: `the system says ${(error as NodeJS.ErrnoException).code ?? String(error)}`,
        next: `mend that and run countersign ${kind} create again; the log is as it was`,
      },
      { cause: error },
    );
  }
}

async function prepare(path: string, bytes: Uint8Array) {
  // A reader inflates one entry at a time and refuses compressed ones that are larger than a part.
  const stored = STORED.test(path) || bytes.length === 0 || bytes.length > PART_BYTES_MAX;
  return {
    name: Buffer.from(path),
    method: stored ? (0 as const) : (8 as const),
    crc: crc32(bytes),
    size: bytes.length,
    data: stored ? bytes : await deflate(bytes, { level: 6 }),
  };
}

export function localHeader(entry: Entry): Buffer {
  if (entry.size > U32) throw new RangeError("an entry of a package is smaller than 4 GiB");
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(20, 4);
  common(header, entry, 6);
  return Buffer.concat([header, entry.name]);
}

/** Flags, method, time, crc, sizes and name length: the same run of fields in both headers. */
function common(header: Buffer, entry: Entry, at: number): void {
  header.writeUInt16LE(UTF8, at);
  header.writeUInt16LE(entry.method, at + 2);
  header.writeUInt16LE(0, at + 4);
  header.writeUInt16LE(DOS_DATE, at + 6);
  header.writeUInt32LE(entry.crc, at + 8);
  header.writeUInt32LE(entry.compressed, at + 12);
  header.writeUInt32LE(entry.size, at + 16);
  header.writeUInt16LE(entry.name.length, at + 20);
}

export function centralHeader(entry: Entry): Buffer {
  const large = entry.offset >= U32;
  // zip64 extended information: only the offset can be too large here.
  const extra = Buffer.alloc(large ? 12 : 0);
  if (large) {
    extra.writeUInt16LE(0x0001, 0);
    extra.writeUInt16LE(8, 2);
    extra.writeBigUInt64LE(BigInt(entry.offset), 4);
  }
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x02014b50, 0);
  // Made by version 2.0 on Unix, so that the mode of a plain file can be stated; zip64 needs 4.5.
  header.writeUInt16LE((3 << 8) | 20, 4);
  header.writeUInt16LE(large ? 45 : 20, 6);
  common(header, entry, 8);
  header.writeUInt16LE(extra.length, 30);
  header.writeUInt32LE((0o100644 << 16) >>> 0, 38);
  header.writeUInt32LE(large ? U32 : entry.offset, 42);
  return Buffer.concat([header, entry.name, extra]);
}

export function endOfDirectory(count: number, start: number, size: number): Buffer {
  const large = count >= 0xffff || start >= U32 || size >= U32;
  const zip64 = Buffer.alloc(large ? 76 : 0);
  if (large) {
    zip64.writeUInt32LE(0x06064b50, 0);
    zip64.writeBigUInt64LE(44n, 4);
    zip64.writeUInt16LE((3 << 8) | 45, 12);
    zip64.writeUInt16LE(45, 14);
    zip64.writeBigUInt64LE(BigInt(count), 24);
    zip64.writeBigUInt64LE(BigInt(count), 32);
    zip64.writeBigUInt64LE(BigInt(size), 40);
    zip64.writeBigUInt64LE(BigInt(start), 48);
    zip64.writeUInt32LE(0x07064b50, 56);
    zip64.writeBigUInt64LE(BigInt(start + size), 64);
    zip64.writeUInt32LE(1, 72);
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Math.min(count, 0xffff), 8);
  end.writeUInt16LE(Math.min(count, 0xffff), 10);
  end.writeUInt32LE(Math.min(size, U32), 12);
  end.writeUInt32LE(Math.min(start, U32), 16);
  return Buffer.concat([zip64, end]);
}
