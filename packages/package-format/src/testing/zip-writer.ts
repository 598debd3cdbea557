/** A minimal zip writer for tests, with a knob for every lie that a zip can tell. Production packages are written elsewhere. */
import { crc32, deflateRawSync } from "node:zlib";
import type { RandomAccess } from "../zip-reader.ts";

export type ZipFile = {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly stored?: boolean;
  /** Sizes and checksum follow the data. */
  readonly descriptor?: boolean;
  readonly zip64?: boolean;
  /** Changes the bytes of this entry's headers, data or descriptor after they were made. */
  readonly bend?: (parts: ZipParts) => void;
};

export type ZipParts = { local: Buffer; data: Buffer; descriptor: Buffer; central: Buffer };

export type ZipOptions = { readonly zip64End?: boolean };

const FLAG_UTF8 = 1 << 11;
const FLAG_DESCRIPTOR = 1 << 3;
const REGULAR_FILE = 0o100644;

export function writeZip(files: readonly ZipFile[], options: ZipOptions = {}): Buffer {
  const pieces: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const file of files) {
    const parts = entryParts(file, offset);
    file.bend?.(parts);
    pieces.push(parts.local, parts.data, parts.descriptor);
    directory.push(parts.central);
    offset += parts.local.length + parts.data.length + parts.descriptor.length;
  }
  const central = Buffer.concat(directory);
  const end = endOf(files.length, central.length, offset, options.zip64End ?? false);
  return Buffer.concat([...pieces, central, end]);
}

function entryParts(file: ZipFile, offset: number): ZipParts {
  const name = Buffer.from(file.path);
  const data = file.stored === true ? Buffer.from(file.bytes) : deflateRawSync(file.bytes);
  const crc = crc32(file.bytes);
  const sizes = { crc, compressed: data.length, size: file.bytes.length };
  const late = file.descriptor === true;
  const header = Buffer.alloc(26);
  header.writeUInt16LE(20, 0);
  header.writeUInt16LE(FLAG_UTF8 | (late ? FLAG_DESCRIPTOR : 0), 2);
  header.writeUInt16LE(file.stored === true ? 0 : 8, 4);
  header.writeUInt16LE(0x21, 8);
  header.writeUInt16LE(name.length, 22);
  const local = Buffer.from(header);
  if (!late) writeSizes(local, sizes);
  const zip64 = file.zip64 === true ? zip64Field(sizes.size, sizes.compressed, offset) : Buffer.alloc(0);
  writeSizes(header, file.zip64 === true ? { crc, compressed: 0xffffffff, size: 0xffffffff } : sizes);
  header.writeUInt16LE(zip64.length, 24);
  const tail = Buffer.alloc(14);
  tail.writeUInt32LE((REGULAR_FILE << 16) >>> 0, 6);
  tail.writeUInt32LE(file.zip64 === true ? 0xffffffff : offset, 10);
  return {
    local: Buffer.concat([Buffer.from("PK\x03\x04"), local, name]),
    data,
    descriptor: late ? descriptorOf(sizes) : Buffer.alloc(0),
    central: Buffer.concat([Buffer.from("PK\x01\x02\x3f\x03", "latin1"), header, tail, name, zip64]),
  };
}

type Sizes = { readonly crc: number; readonly compressed: number; readonly size: number };

function writeSizes(header: Buffer, sizes: Sizes): void {
  header.writeUInt32LE(sizes.crc, 10);
  header.writeUInt32LE(sizes.compressed, 14);
  header.writeUInt32LE(sizes.size, 18);
}

function descriptorOf(sizes: Sizes): Buffer {
  const descriptor = Buffer.alloc(16);
  descriptor.write("PK\x07\x08", "latin1");
  descriptor.writeUInt32LE(sizes.crc, 4);
  descriptor.writeUInt32LE(sizes.compressed, 8);
  descriptor.writeUInt32LE(sizes.size, 12);
  return descriptor;
}

function zip64Field(...values: readonly number[]): Buffer {
  const field = Buffer.alloc(4 + values.length * 8);
  field.writeUInt16LE(1, 0);
  field.writeUInt16LE(values.length * 8, 2);
  values.forEach((value, i) => field.writeBigUInt64LE(BigInt(value), 4 + i * 8));
  return field;
}

function endOf(count: number, size: number, offset: number, zip64: boolean): Buffer {
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(zip64 ? 0xffff : count, 8);
  end.writeUInt16LE(zip64 ? 0xffff : count, 10);
  end.writeUInt32LE(zip64 ? 0xffffffff : size, 12);
  end.writeUInt32LE(zip64 ? 0xffffffff : offset, 16);
  if (!zip64) return end;
  const large = Buffer.alloc(56);
  large.write("PK\x06\x06", "latin1");
  large.writeBigUInt64LE(44n, 4);
  large.writeUInt16LE(45, 12);
  large.writeUInt16LE(45, 14);
  [count, count, size, offset].forEach((value, i) => large.writeBigUInt64LE(BigInt(value), 24 + i * 8));
  const locator = Buffer.alloc(20);
  locator.write("PK\x06\x07", "latin1");
  locator.writeBigUInt64LE(BigInt(offset + size), 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([large, locator, end]);
}

/** A buffer as a source that refuses reads outside itself, as a file would come up short. */
export function sourceOf(bytes: Uint8Array): RandomAccess {
  return {
    size: bytes.length,
    read: (offset, length) => {
      if (offset < 0 || length < 0 || offset + length > bytes.length)
        throw new RangeError(`a read of ${length} bytes at ${offset} of ${bytes.length}`);
      return bytes.subarray(offset, offset + length);
    },
  };
}
