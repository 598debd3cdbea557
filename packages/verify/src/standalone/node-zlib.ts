/** node:zlib where the file runs on Node, and what verification uses of it where it runs in a page. */
import { builtin } from "./builtin.ts";
import { inflateRaw, TooLarge } from "./inflate.ts";

type Options = { readonly maxOutputLength: number };
type WithInfo = { readonly buffer: Buffer; readonly engine: { readonly bytesWritten: number } };

/** As Node's, asked with `info`: the bytes, and how many of the input they took. */
export function inflateRawInPage(compressed: Uint8Array, { maxOutputLength }: Options): WithInfo {
  try {
    const { bytes, consumed } = inflateRaw(compressed, maxOutputLength);
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return { buffer, engine: { bytesWritten: consumed } };
  } catch (error) {
    if (error instanceof TooLarge) throw Object.assign(error, { code: "ERR_BUFFER_TOO_LARGE" });
    throw error;
  }
}

const native = builtin<typeof import("node:zlib")>("node:zlib");

export const inflateRawSync = native?.inflateRawSync ?? inflateRawInPage;
/** Where it is missing, the zip reader has its own. */
export const crc32 = native?.crc32;
