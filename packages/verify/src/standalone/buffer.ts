/**
 * The part of Node's Buffer that verification uses, for a page. The build gives every file of the verifier this `Buffer`,
 * which on Node is Node's own; a test holds each method against it, and the build against what is used.
 */

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const HEX = "0123456789abcdef";
const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/** Both alphabets are read, as Node does; -1 is passed over. */
const BASE64_VALUES = new Map([...BASE64].map((letter, value) => [letter, value])).set("-", 62).set("_", 63);
/** A call takes so many arguments without trouble. */
const CHARACTERS_AT_ONCE = 8192;

type Encoding = "utf8" | "hex" | "base64" | "latin1" | "binary";

/** The same class without the types of its static methods, of which Buffer has its own. */
const Bytes = Uint8Array as unknown as new (
  from: number | ArrayBufferLike,
  offset?: number,
  length?: number,
) => Uint8Array;

export class PageBuffer extends Bytes {
  /** Views an ArrayBuffer, and copies everything else. */
  static from(
    value: string | ArrayBufferLike | ArrayLike<number>,
    encodingOrOffset?: Encoding | number,
    length?: number,
  ): PageBuffer {
    if (typeof value === "string")
      return ofText(value, typeof encodingOrOffset === "string" ? encodingOrOffset : "utf8");
    if (!("length" in value))
      return new PageBuffer(
        value,
        typeof encodingOrOffset === "number" ? encodingOrOffset : undefined,
        length,
      );
    const copy = new PageBuffer(value.length);
    copy.set(value);
    return copy;
  }

  static alloc(size: number, fill = 0): PageBuffer {
    const made = new PageBuffer(size);
    made.fill(fill);
    return made;
  }

  static allocUnsafe(size: number): PageBuffer {
    return new PageBuffer(size);
  }

  static byteLength(text: string): number {
    return encoder.encode(text).length;
  }

  static concat(parts: readonly Uint8Array[]): PageBuffer {
    const whole = new PageBuffer(parts.reduce((size, part) => size + part.length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  static compare(a: Uint8Array, b: Uint8Array): number {
    const length = Math.min(a.length, b.length);
    for (let i = 0; i < length; i++) {
      const difference = (a[i] ?? 0) - (b[i] ?? 0);
      if (difference !== 0) return Math.sign(difference);
    }
    return Math.sign(a.length - b.length);
  }

  equals(other: Uint8Array): boolean {
    return PageBuffer.compare(this, other) === 0;
  }

  override toString(encoding: Encoding = "utf8", start = 0, end = this.length): string {
    const bytes = this.subarray(start, end);
    switch (encoding) {
      case "utf8":
        return decoder.decode(bytes);
      case "hex":
        return hexOf(bytes);
      case "base64":
        return base64Of(bytes);
      case "latin1":
      case "binary":
        return latin1Of(bytes);
    }
  }

  /** Latin-1 only: one byte a character. @returns how many were written. */
  write(text: string, at: number, length: number, encoding: "latin1"): number {
    if (encoding !== "latin1") throw new TypeError("only latin1 is written here");
    const count = Math.min(length, text.length, this.length - at);
    for (let i = 0; i < count; i++) this[at + i] = text.charCodeAt(i);
    return count;
  }

  readUInt8(at: number): number {
    return this.#view(at, 1).getUint8(0);
  }

  readUInt16LE(at: number): number {
    return this.#view(at, 2).getUint16(0, true);
  }

  readUInt16BE(at: number): number {
    return this.#view(at, 2).getUint16(0);
  }

  readUInt32LE(at: number): number {
    return this.#view(at, 4).getUint32(0, true);
  }

  readUInt32BE(at: number): number {
    return this.#view(at, 4).getUint32(0);
  }

  readBigUInt64LE(at: number): bigint {
    return this.#view(at, 8).getBigUint64(0, true);
  }

  readBigUInt64BE(at: number): bigint {
    return this.#view(at, 8).getBigUint64(0);
  }

  readUIntBE(at: number, length: number): number {
    let value = 0;
    for (const byte of this.#bytes(at, length)) value = value * 256 + byte;
    return value;
  }

  writeUInt32BE(value: number, at = 0): number {
    this.#view(at, 4).setUint32(0, value);
    return at + 4;
  }

  writeBigUInt64BE(value: bigint, at = 0): number {
    this.#view(at, 8).setBigUint64(0, value);
    return at + 8;
  }

  #bytes(at: number, length: number): Uint8Array {
    if (at < 0 || at + length > this.length) throw new RangeError("read behind the end of a buffer");
    return this.subarray(at, at + length);
  }

  #view(at: number, length: number): DataView {
    const bytes = this.#bytes(at, length);
    return new DataView(bytes.buffer, bytes.byteOffset, length);
  }
}

function ofText(text: string, encoding: Encoding): PageBuffer {
  switch (encoding) {
    case "utf8":
      return PageBuffer.from(encoder.encode(text).buffer);
    case "latin1":
    case "binary":
      return PageBuffer.from(Array.from(text, (_, i) => text.charCodeAt(i)));
    case "hex":
      return ofHex(text);
    case "base64":
      return ofBase64(text);
  }
}

/** Ends at the first pair that is not hex, as Node does. */
function ofHex(text: string): PageBuffer {
  const bytes: number[] = [];
  for (let at = 0; at + 2 <= text.length; at += 2) {
    const pair = text.slice(at, at + 2);
    if (!/^[0-9a-fA-F]{2}$/.test(pair)) break;
    bytes.push(Number.parseInt(pair, 16));
  }
  return PageBuffer.from(bytes);
}

/** Passes over what is not of the alphabet and ends at the padding, as Node does: callers compare the way back. */
function ofBase64(text: string): PageBuffer {
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const letter of text) {
    if (letter === "=") break;
    const value = BASE64_VALUES.get(letter);
    if (value === undefined) continue;
    held = ((held << 6) | value) & 0xfff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((held >>> bits) & 0xff);
    }
  }
  return PageBuffer.from(bytes);
}

function hexOf(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += (HEX[byte >>> 4] ?? "") + (HEX[byte & 15] ?? "");
  return text;
}

function base64Of(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(at, at + 3);
    const three = (a << 16) | (b << 8) | c;
    for (let letter = 0; letter < 4; letter++)
      text += at + letter > bytes.length ? "=" : (BASE64[(three >>> (18 - 6 * letter)) & 63] ?? "");
  }
  return text;
}

function latin1Of(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += CHARACTERS_AT_ONCE)
    text += String.fromCharCode(...bytes.subarray(at, at + CHARACTERS_AT_ONCE));
  return text;
}

type WithBuffer = { readonly Buffer?: typeof globalThis.Buffer };

// What is used of it is there; a test sees to that.
const Chosen = (globalThis as WithBuffer).Buffer ?? (PageBuffer as unknown as typeof globalThis.Buffer);
export { Chosen as Buffer };
