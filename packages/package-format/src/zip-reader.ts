/**
 * A strict reader of zip files. Every byte of the file must belong to one entry or to the directory, and every fact
 * that the format says twice must be the same both times: a file that two tools would unpack differently is refused.
 */
import * as zlib from "node:zlib";
import { err, ok, type Result } from "@countersign/kernel";
import { PART_BYTES_MAX } from "./layout.ts";
import { checkPackagePath, PathSet } from "./paths.ts";
import * as zip from "./zip-structures.ts";

/** Bytes that can be read at any place: a file, or a buffer in tests. */
export type RandomAccess = {
  readonly size: number;
  /** Exactly `length` bytes from `offset`; the range is inside the file. The caller does not keep the result. */
  readonly read: (offset: number, length: number) => Uint8Array;
};

export type ZipFault = {
  readonly code: "zip-structure" | "zip-entry" | "zip-path";
  /** The entry's name, or "zip" for the file as a whole. */
  readonly where: string;
  readonly message: string;
};

export type ZipEntry = {
  readonly path: string;
  /** In bytes, unpacked. */
  readonly size: number;
  readonly method: number;
  readonly crc: number;
  readonly dataOffset: number;
  readonly compressedSize: number;
};

export type ZipArchive = {
  /** Entries without a fault, by path. */
  readonly entries: ReadonlyMap<string, ZipEntry>;
  readonly faults: readonly ZipFault[];
};

const ENTRIES_MAX = 200_000;
const DIRECTORY_BYTES_MAX = 64 * 1024 * 1024;
/** Stored entries are read in slices of this size. */
const SLICE_BYTES = 4 * 1024 * 1024;

/** Reads the directory and every entry's own header, but no data. */
export function openZip(source: RandomAccess): Result<ZipArchive, ZipFault> {
  const broken = (message: string) => err({ code: "zip-structure", where: "zip", message } as const);
  const end = findDirectory(source);
  if (!end.ok) return broken(end.error);
  const directory = toBuffer(source.read(end.value.offset, end.value.size));
  const central: zip.ReadEntry[] = [];
  for (let at = 0; at < directory.length;) {
    const read = zip.readCentralEntry(directory, at);
    if (!read.ok) return broken(read.error);
    central.push(read.value);
    at = read.value.next;
  }
  if (central.length !== end.value.entries)
    return broken(`the directory lists ${central.length} files and says ${end.value.entries}`);
  return ok(readEntries(source, central, end.value.offset));
}

function readEntries(source: RandomAccess, central: zip.ReadEntry[], end: number): ZipArchive {
  const entries = new Map<string, ZipEntry>();
  const faults: ZipFault[] = [];
  const paths = new PathSet();
  central.sort((a, b) => a.entry.offset - b.entry.offset);
  if ((central[0]?.entry.offset ?? end) !== 0) {
    const message = "there are bytes before the first file that belong to none";
    faults.push({ code: "zip-structure", where: "zip", message });
  }
  for (const [i, { entry, fault }] of central.entries()) {
    const where = entry.name;
    const refused = pathFault(where, paths);
    if (refused !== undefined) faults.push(refused);
    // A directory that lies about an offset must not lead a read out of the files' part.
    const next = Math.min(central[i + 1]?.entry.offset ?? end, end);
    const read = fault === undefined ? readEntry(source, entry, next) : err(fault);
    if (!read.ok) faults.push({ code: "zip-entry", where, message: read.error });
    else if (refused === undefined) entries.set(where, read.value);
  }
  return { entries, faults };
}

function pathFault(path: string, paths: PathSet): ZipFault | undefined {
  const checked = checkPackagePath(path);
  if (!checked.ok) return { code: "zip-path", where: path, message: `the name is refused: ${checked.error}` };
  const twin = paths.add(path);
  if (twin === undefined) return undefined;
  const message = twin === path ? "the name stands twice" : `the name collides with ${twin}`;
  return { code: "zip-path", where: path, message };
}

/** The end is looked for only where a file without a comment has it, so that nothing can stand behind it. */
function findDirectory(source: RandomAccess): Result<zip.EndOfDirectory, string> {
  const endAt = source.size - zip.END_SIZE;
  if (endAt < 0) return err("not a zip file: too short");
  const plain = zip.readEnd(toBuffer(source.read(endAt, zip.END_SIZE)));
  if (!plain.ok) return plain;
  let end = plain.value;
  let directoryEnd = endAt;
  const locatorAt = endAt - zip.ZIP64_LOCATOR_SIZE;
  const zip64At =
    locatorAt < 0
      ? undefined
      : zip.readZip64Locator(toBuffer(source.read(locatorAt, zip.ZIP64_LOCATOR_SIZE)));
  if (zip64At !== undefined) {
    if (zip64At + zip.ZIP64_END_SIZE !== locatorAt) return err("the zip64 end of the directory is misplaced");
    const read = zip.readZip64End(toBuffer(source.read(zip64At, zip.ZIP64_END_SIZE)), end);
    if (!read.ok) return read;
    end = read.value;
    directoryEnd = zip64At;
  } else if (end.zip64) {
    return err("the zip64 end of the directory is missing");
  }
  if (end.offset + end.size !== directoryEnd)
    return err("the directory does not end where the file's end begins");
  if (end.entries > ENTRIES_MAX || end.size > DIRECTORY_BYTES_MAX) return err("the directory is too large");
  return ok(end);
}

/** @param next where the following entry, or the directory, begins: the entry must fill the room exactly. */
function readEntry(source: RandomAccess, entry: zip.CentralEntry, next: number): Result<ZipEntry, string> {
  const room = next - entry.offset;
  if (room < zip.LOCAL_HEADER_SIZE) return err("overlaps the file after it");
  // One read is enough for the header of any allowed name.
  const start = toBuffer(source.read(entry.offset, Math.min(room, 1024)));
  const headerLength = zip.localHeaderLength(start);
  if (headerLength > start.length) return err("has a header that is too long");
  const fault = zip.checkLocalHeader(start.subarray(0, headerLength), entry);
  if (fault !== undefined) return err(fault);
  const dataOffset = entry.offset + headerLength;
  const after = next - dataOffset - entry.compressedSize;
  if (after < 0) return err("overlaps the file after it");
  if (zip.hasDescriptor(entry)) {
    if (after > 24) return err("is followed by bytes that belong to no file");
    const descriptor = toBuffer(source.read(dataOffset + entry.compressedSize, after));
    if (!zip.checkDescriptor(descriptor, entry))
      return err("has a data descriptor that differs from the directory");
  } else if (after !== 0) {
    return err("is followed by bytes that belong to no file");
  }
  if (entry.method === zip.STORED && entry.size !== entry.compressedSize) return err("has two sizes");
  if (entry.method === zip.DEFLATED && entry.size > PART_BYTES_MAX)
    return err(
      `would unpack to ${entry.size} bytes: more than ${PART_BYTES_MAX} must be stored uncompressed`,
    );
  const { method, crc, compressedSize, size } = entry;
  return ok({ path: entry.name, size, method, crc, dataOffset, compressedSize });
}

/**
 * Gives an entry's bytes in slices: one for a compressed entry, several for a large stored one. A slice is the
 * caller's own, to keep or to change.
 */
export function readEntrySlices(
  source: RandomAccess,
  entry: ZipEntry,
  onSlice: (bytes: Buffer) => void,
): Result<true, string> {
  let crc = 0;
  if (entry.method === zip.STORED) {
    for (let at = 0; at < entry.size; at += SLICE_BYTES) {
      const slice = Buffer.from(source.read(entry.dataOffset + at, Math.min(SLICE_BYTES, entry.size - at)));
      crc = crc32(slice, crc);
      onSlice(slice);
    }
  } else {
    const inflated = inflate(toBuffer(source.read(entry.dataOffset, entry.compressedSize)), entry.size);
    if (!inflated.ok) return inflated;
    crc = crc32(inflated.value, 0);
    onSlice(inflated.value);
  }
  return crc === entry.crc ? ok(true) : err("the zip's checksum does not hold");
}

/** A whole entry, for documents that are parsed. @param sizeMax in bytes. */
export function readEntryWhole(
  source: RandomAccess,
  entry: ZipEntry,
  sizeMax: number,
): Result<Uint8Array, string> {
  if (entry.size > sizeMax) return err(`larger than ${sizeMax} bytes`);
  const slices: Buffer[] = [];
  const read = readEntrySlices(source, entry, (slice) => slices.push(Buffer.from(slice)));
  return read.ok ? ok(Buffer.concat(slices)) : read;
}

type InflatedWithInfo = { readonly buffer: Buffer; readonly engine: { readonly bytesWritten: number } };

function inflate(compressed: Buffer, size: number): Result<Buffer, string> {
  // What the unpacking library says differs from one to the next, and the verdict must not.
  const broken = err(`cannot be unpacked into the ${size} bytes that it says`);
  try {
    const { buffer, engine } = zlib.inflateRawSync(compressed, {
      // One byte more than declared: a stream that has more to give shows itself without being unpacked further.
      maxOutputLength: size + 1,
      chunkSize: Math.max(64, size + 1),
      info: true,
    }) as unknown as InflatedWithInfo; // The types of Node leave the `info` option's result out.
    if (buffer.length > size) return broken;
    if (buffer.length !== size) return err(`unpacks to ${buffer.length} bytes and says ${size}`);
    if (engine.bytesWritten !== compressed.length) return err("has bytes behind its compressed data");
    return ok(buffer);
  } catch {
    return broken;
  }
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

let table: Uint32Array | undefined;

function crc32(bytes: Uint8Array, before: number): number {
  // Node has it from 20.15 and 22.2 on; the verifier also runs on what came before.
  if (typeof zlib.crc32 === "function") return zlib.crc32(bytes, before);
  table ??= Uint32Array.from({ length: 256 }, (_, byte) => {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    return value;
  });
  let crc = ~before;
  for (let i = 0; i < bytes.length; i++) crc = (crc >>> 8) ^ (table[(crc ^ (bytes[i] ?? 0)) & 0xff] ?? 0);
  return ~crc >>> 0;
}
