/** The records of a zip file that a package may have (PKWARE APPNOTE 6.3, sections 4.3 and 4.4), as bytes to values. */
import { err, ok, type Result } from "@countersign/kernel";

export const LOCAL_HEADER_SIZE = 30;
export const CENTRAL_HEADER_SIZE = 46;
export const END_SIZE = 22;
export const ZIP64_END_SIZE = 56;
export const ZIP64_LOCATOR_SIZE = 20;

const LOCAL_SIGNATURE = 0x04034b50;
const CENTRAL_SIGNATURE = 0x02014b50;
const END_SIGNATURE = 0x06054b50;
const ZIP64_END_SIGNATURE = 0x06064b50;
const ZIP64_LOCATOR_SIGNATURE = 0x07064b50;
const DESCRIPTOR_SIGNATURE = 0x08074b50;

const ALL_ONES_16 = 0xffff;
const ALL_ONES_32 = 0xffffffff;
const EXTRA_ZIP64 = 0x0001;
const EXTRA_TIMESTAMP = 0x5455;

const FLAG_DESCRIPTOR = 1 << 3;
const FLAG_UTF8 = 1 << 11;
/** Bits 1 and 2 say how hard the writer tried to compress. */
const FLAGS_ALLOWED = 0b110 | FLAG_DESCRIPTOR | FLAG_UTF8;

export const STORED = 0;
export const DEFLATED = 8;

export type CentralEntry = {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly compressedSize: number;
  readonly size: number;
  readonly offset: number;
  readonly flags: number;
};

type Fields = { -readonly [K in "compressedSize" | "size" | "offset"]: number };

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export type ReadEntry = {
  readonly entry: CentralEntry;
  /** Where the next entry begins in the directory. */
  readonly next: number;
  /** Why this entry may not stand in a package; the directory can still be read on. */
  readonly fault: string | undefined;
};

/** The failure is one after which nothing else can be read. */
export function readCentralEntry(directory: Buffer, at: number): Result<ReadEntry, string> {
  if (at + CENTRAL_HEADER_SIZE > directory.length) return err("the central directory is cut short");
  if (directory.readUInt32LE(at) !== CENTRAL_SIGNATURE) return err("not an entry of a central directory");
  const flags = directory.readUInt16LE(at + 8);
  const nameLength = directory.readUInt16LE(at + 28);
  const extraLength = directory.readUInt16LE(at + 30);
  const nameAt = at + CENTRAL_HEADER_SIZE;
  const extraAt = nameAt + nameLength;
  const commentAt = extraAt + extraLength;
  const next = commentAt + directory.readUInt16LE(at + 32);
  if (next > directory.length) return err("the central directory is cut short");
  const name = readName(directory.subarray(nameAt, extraAt), flags);
  const fields: Fields = {
    compressedSize: directory.readUInt32LE(at + 20),
    size: directory.readUInt32LE(at + 24),
    offset: directory.readUInt32LE(at + 42),
  };
  const fault =
    name.fault ??
    refusedHeader(directory, at) ??
    readExtra(directory.subarray(extraAt, commentAt), fields) ??
    (next > commentAt ? "carries a comment" : undefined);
  const method = directory.readUInt16LE(at + 10);
  const crc = directory.readUInt32LE(at + 16);
  return ok({ entry: { name: name.text, method, crc, flags, ...fields }, next, fault });
}

function readName(bytes: Buffer, flags: number): { text: string; fault: string | undefined } {
  try {
    const text = utf8.decode(bytes);
    // Without the flag a name is in code page 437: what is not ASCII then reads differently from tool to tool.
    const said = (flags & FLAG_UTF8) !== 0 || bytes.every((byte) => byte < 0x80);
    return { text, fault: said ? undefined : "has a name in an unknown encoding" };
  } catch {
    return { text: bytes.toString("latin1"), fault: "has a name that is not UTF-8" };
  }
}

function refusedHeader(directory: Buffer, at: number): string | undefined {
  const flags = directory.readUInt16LE(at + 8);
  const method = directory.readUInt16LE(at + 10);
  const madeBy = directory.readUInt8(at + 5);
  const attributes = directory.readUInt32LE(at + 38);
  if ((flags & 0x2041) !== 0) return "is encrypted";
  if ((flags & ~FLAGS_ALLOWED) !== 0) return `has unknown flags (${flags.toString(16)})`;
  if (method !== STORED && method !== DEFLATED) return `is compressed by an unknown method (${method})`;
  if (directory.readUInt16LE(at + 34) !== 0) return "is on another disk";
  if (madeBy === 3) {
    const fileType = attributes >>> 28;
    // Nothing said, or a regular file: no symbolic link, folder or device.
    if (fileType !== 0 && fileType !== 0o10) return "is not a regular file";
  } else if (madeBy !== 0) {
    return `was made by an unknown system (${madeBy})`;
  }
  return (attributes & 0x10) !== 0 ? "is a folder" : undefined;
}

/** Replaces the sizes and the offset that stand as all ones by those of the zip64 field. @returns what is wrong. */
function readExtra(extra: Buffer, fields: Fields): string | undefined {
  const seen = new Set<number>();
  for (let at = 0; at < extra.length;) {
    if (at + 4 > extra.length) return "has a broken extra field";
    const id = extra.readUInt16LE(at);
    const end = at + 4 + extra.readUInt16LE(at + 2);
    if (end > extra.length || seen.has(id)) return "has a broken extra field";
    seen.add(id);
    if (id === EXTRA_ZIP64) {
      const fault = readZip64(extra.subarray(at + 4, end), fields);
      if (fault !== undefined) return fault;
    } else if (id !== EXTRA_TIMESTAMP) {
      // Others can give the name again in another form, or an owner, or a link's target.
      return `has an extra field of an unknown kind (${id.toString(16)})`;
    }
    at = end;
  }
  return Object.values(fields).includes(ALL_ONES_32) ? "names a size without its zip64 field" : undefined;
}

function readZip64(data: Buffer, fields: Fields): string | undefined {
  let at = 0;
  for (const field of ["size", "compressedSize", "offset"] as const) {
    // Some writers list all three whatever the fixed fields say; each must then agree with its fixed field.
    const needed = fields[field] === ALL_ONES_32;
    if (!needed && data.length !== 24) continue;
    if (at + 8 > data.length) return "has a broken zip64 field";
    const value = data.readBigUInt64LE(at);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) return "has an impossible zip64 size";
    if (!needed && BigInt(fields[field]) !== value) return "has two sizes";
    fields[field] = Number(value);
    at += 8;
  }
  return at === data.length ? undefined : "has a broken zip64 field";
}

/**
 * That the header before an entry's data says what the central directory says.
 * @param header the fixed part, the name and the extra field.
 */
export function checkLocalHeader(header: Buffer, entry: CentralEntry): string | undefined {
  if (header.readUInt32LE(0) !== LOCAL_SIGNATURE) return "has no header before its data";
  if (header.readUInt16LE(6) !== entry.flags || header.readUInt16LE(8) !== entry.method)
    return "has two headers that differ in flags or method";
  const nameLength = header.readUInt16LE(26);
  const name = header.subarray(LOCAL_HEADER_SIZE, LOCAL_HEADER_SIZE + nameLength);
  if (Buffer.compare(name, Buffer.from(entry.name)) !== 0) return "has two names";
  const fields: Fields = {
    compressedSize: header.readUInt32LE(18),
    size: header.readUInt32LE(22),
    offset: 0,
  };
  const crc = header.readUInt32LE(14);
  const fault = readExtra(header.subarray(LOCAL_HEADER_SIZE + nameLength), fields);
  if (fault !== undefined) return fault;
  const same =
    crc === entry.crc && fields.compressedSize === entry.compressedSize && fields.size === entry.size;
  const unsaid = crc === 0 && fields.compressedSize === 0 && fields.size === 0;
  if (same || (hasDescriptor(entry) && unsaid)) return undefined;
  return "has two headers that differ in size or checksum";
}

export function localHeaderLength(fixed: Buffer): number {
  return LOCAL_HEADER_SIZE + fixed.readUInt16LE(26) + fixed.readUInt16LE(28);
}

export function hasDescriptor(entry: CentralEntry): boolean {
  return (entry.flags & FLAG_DESCRIPTOR) !== 0;
}

/** That the bytes after an entry's data are its data descriptor, in one of its four forms, and say the same. */
export function checkDescriptor(bytes: Buffer, entry: CentralEntry): boolean {
  let at = 0;
  if (bytes.length === 16 || bytes.length === 24) {
    if (bytes.readUInt32LE(0) !== DESCRIPTOR_SIGNATURE) return false;
    at = 4;
  } else if (bytes.length !== 12 && bytes.length !== 20) {
    return false;
  }
  if (bytes.readUInt32LE(at) !== entry.crc) return false;
  return bytes.length - at === 12
    ? bytes.readUInt32LE(at + 4) === entry.compressedSize && bytes.readUInt32LE(at + 8) === entry.size
    : bytes.readBigUInt64LE(at + 4) === BigInt(entry.compressedSize) &&
        bytes.readBigUInt64LE(at + 12) === BigInt(entry.size);
}

export type EndOfDirectory = {
  readonly entries: number;
  readonly size: number;
  readonly offset: number;
  /** Whether a zip64 end must stand before it. */
  readonly zip64: boolean;
};

export function readEnd(bytes: Buffer): Result<EndOfDirectory, string> {
  if (bytes.length !== END_SIZE || bytes.readUInt32LE(0) !== END_SIGNATURE)
    return err("not a zip file, cut short, or followed by other bytes");
  if (bytes.readUInt16LE(20) !== 0) return err("the zip file carries a comment");
  if (bytes.readUInt16LE(4) !== 0 || bytes.readUInt16LE(6) !== 0) return err("a zip file on several disks");
  const entries = bytes.readUInt16LE(10);
  if (bytes.readUInt16LE(8) !== entries) return err("a zip file on several disks");
  const size = bytes.readUInt32LE(12);
  const offset = bytes.readUInt32LE(16);
  const zip64 = entries === ALL_ONES_16 || size === ALL_ONES_32 || offset === ALL_ONES_32;
  return ok({ entries, size, offset, zip64 });
}

/** @param locator the 20 bytes before the end. @returns where the zip64 end stands. */
export function readZip64Locator(locator: Buffer): number | undefined {
  if (locator.length !== ZIP64_LOCATOR_SIZE || locator.readUInt32LE(0) !== ZIP64_LOCATOR_SIGNATURE)
    return undefined;
  const at = locator.readBigUInt64LE(8);
  const oneDisk = locator.readUInt32LE(4) === 0 && locator.readUInt32LE(16) === 1;
  return oneDisk && at <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(at) : undefined;
}

export function readZip64End(bytes: Buffer, end: EndOfDirectory): Result<EndOfDirectory, string> {
  const broken = err("the zip64 end of the directory is broken");
  if (bytes.length !== ZIP64_END_SIZE || bytes.readUInt32LE(0) !== ZIP64_END_SIGNATURE) return broken;
  if (bytes.readBigUInt64LE(4) !== BigInt(ZIP64_END_SIZE - 12)) return broken;
  if (bytes.readUInt32LE(16) !== 0 || bytes.readUInt32LE(20) !== 0) return broken;
  const [here, entries, size, offset] = [24, 32, 40, 48].map((at) => bytes.readBigUInt64LE(at)) as [
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  const limit = BigInt(Number.MAX_SAFE_INTEGER);
  if (here !== entries || entries > limit || size > limit || offset > limit) return broken;
  const agrees = (said: number, ones: number, real: bigint) => said === ones || BigInt(said) === real;
  if (!agrees(end.entries, ALL_ONES_16, entries)) return broken;
  if (!agrees(end.size, ALL_ONES_32, size) || !agrees(end.offset, ALL_ONES_32, offset)) return broken;
  return ok({ entries: Number(entries), size: Number(size), offset: Number(offset), zip64: true });
}
