/** What stands in for Node in a page gives what Node gives. */
import assert from "node:assert/strict";
import * as crypto from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as zlib from "node:zlib";
import fc from "fast-check";
import { PageBuffer } from "./buffer.ts";
import { inflateRaw, TooLarge } from "./inflate.ts";
import { createHashInPage, createPublicKeyInPage, hashInPage, verifyInPage } from "./node-crypto.ts";
import { inflateRawInPage } from "./node-zlib.ts";

const encodings = ["utf8", "hex", "base64", "latin1"] as const;
const text = fc.string({ unit: "binary" });

test("a page's buffer turns text into bytes and back as Node's does, well-formed or not", () => {
  fc.assert(
    fc.property(
      fc.oneof(text, fc.base64String(), fc.stringMatching(/^[0-9a-f]*$/)),
      fc.constantFrom(...encodings),
      (value, encoding) => {
        const [ours, theirs] = [PageBuffer.from(value, encoding), Buffer.from(value, encoding)];
        // What Node makes of letters outside of an encoding is not asked for: callers compare the way back.
        assert.equal(ours.toString(encoding) === value, theirs.toString(encoding) === value);
        if (theirs.toString(encoding) === value || encoding === "utf8")
          assert.deepEqual([...ours], [...theirs]);
        assert.equal(PageBuffer.byteLength(value), Buffer.byteLength(value));
      },
    ),
    { numRuns: 1000 },
  );
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 60 }),
      fc.constantFrom(...encodings),
      fc.nat(60),
      (bytes, encoding, at) => {
        const ours = PageBuffer.from(bytes);
        assert.equal(ours.toString(encoding), Buffer.from(bytes).toString(encoding));
        const start = Math.min(at, bytes.length);
        assert.equal(ours.toString(encoding, start), Buffer.from(bytes).toString(encoding, start));
        if (encoding === "latin1") return;
        const written = Buffer.from(bytes).toString(encoding);
        assert.deepEqual([...PageBuffer.from(written, encoding)], [...Buffer.from(written, encoding)]);
      },
    ),
    { numRuns: 500 },
  );
});

test("a page's buffer reads numbers, compares, joins and views as Node's does", () => {
  const bytes = fc.uint8Array({ minLength: 16, maxLength: 40 });
  fc.assert(
    fc.property(bytes, bytes, fc.nat(8), (a, b, at) => {
      const [ours, theirs] = [PageBuffer.from(a), Buffer.from(a)];
      for (const name of [
        "readUInt8",
        "readUInt16LE",
        "readUInt16BE",
        "readUInt32LE",
        "readUInt32BE",
        "readBigUInt64LE",
        "readBigUInt64BE",
      ] as const)
        assert.equal(ours[name](at), theirs[name](at), name);
      assert.equal(ours.readUIntBE(at, 6), theirs.readUIntBE(at, 6));
      assert.equal(PageBuffer.compare(ours, b), Buffer.compare(theirs, b));
      assert.equal(ours.equals(PageBuffer.from(a)), true);
      assert.deepEqual([...PageBuffer.concat([a, b])], [...Buffer.concat([a, b])]);
      const view = PageBuffer.from(a.buffer, a.byteOffset, a.length);
      // What is viewed is shared, and what is cut out of it reads like it.
      view[0] = 77;
      assert.equal(a[0], 77);
      assert.ok(view.subarray(2) instanceof PageBuffer);
      const word = view.subarray(2) as PageBuffer;
      assert.equal(word.readUInt32LE(0), Buffer.from(a).readUInt32LE(2));
    }),
  );
  assert.throws(() => PageBuffer.alloc(3).readUInt32LE(0), RangeError);
  assert.throws(() => PageBuffer.alloc(8).readUInt32LE(-1), RangeError);
  const [ours, theirs] = [PageBuffer.alloc(16, 1), Buffer.alloc(16, 1)];
  for (const each of [ours, theirs]) {
    each.writeUInt32BE(0xfedcba98, 1);
    each.writeBigUInt64BE(0xfedcba9876543210n, 5);
    each.write("\xff\x00x", 13, 3, "latin1");
  }
  assert.deepEqual([...ours], [...theirs]);
});

/** What Node's zlib makes of it: the bytes and how many it took, or why not, in one of two kinds. */
function inflatedByNode(bytes: Buffer, sizeMax: number): string {
  try {
    const options = { maxOutputLength: sizeMax, chunkSize: Math.max(64, sizeMax), info: true };
    const { buffer, engine } = zlib.inflateRawSync(bytes, options) as unknown as ReturnType<
      typeof inflateRawInPage
    >;
    return `${buffer.toString("hex")} ${engine.bytesWritten}`;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE" ? "too large" : "broken";
  }
}

function inflatedByPage(bytes: Buffer, sizeMax: number): string {
  try {
    const { bytes: inflated, consumed } = inflateRaw(bytes, sizeMax);
    return `${Buffer.from(inflated).toString("hex")} ${consumed}`;
  } catch (error) {
    assert.ok(error instanceof RangeError);
    return error instanceof TooLarge ? "too large" : "broken";
  }
}

const content = fc.oneof(
  fc.uint8Array({ maxLength: 2000 }),
  fc
    .array(fc.constantFrom("abc", "abcabd", '{"id":"', "\n", "0"), { maxLength: 900 })
    .map((words) => Buffer.from(words.join(""))),
);
const strategies = [
  zlib.constants.Z_DEFAULT_STRATEGY,
  zlib.constants.Z_FIXED,
  zlib.constants.Z_HUFFMAN_ONLY,
  zlib.constants.Z_RLE,
];

test("inflating in a page gives the bytes that zlib gives, for every kind of block", () => {
  fc.assert(
    fc.property(content, fc.constantFrom(...strategies), fc.nat(9), (bytes, strategy, level) => {
      const packed = zlib.deflateRawSync(bytes, { strategy, level });
      const after = Buffer.concat([packed, Buffer.from("rest")]);
      assert.equal(
        inflatedByPage(packed, bytes.length + 1),
        `${Buffer.from(bytes).toString("hex")} ${packed.length}`,
      );
      assert.equal(inflatedByPage(after, bytes.length + 1), inflatedByNode(after, bytes.length + 1));
      if (bytes.length > 0) assert.equal(inflatedByPage(packed, bytes.length - 1), "too large");
    }),
    { numRuns: 300 },
  );
  const large = Buffer.alloc(3_000_000, "a line that comes again and again\n");
  assert.equal(
    Buffer.compare(
      inflateRawInPage(zlib.deflateRawSync(large), { maxOutputLength: large.length }).buffer,
      large,
    ),
    0,
  );
});

test("inflating in a page refuses what zlib refuses, and takes what it takes, whatever bits are turned", () => {
  let taken = 0;
  let refused = 0;
  fc.assert(
    fc.property(
      content,
      fc.constantFrom(...strategies),
      fc.array(fc.nat(), { minLength: 1, maxLength: 3 }),
      fc.boolean(),
      (bytes, strategy, places, cut) => {
        const packed = zlib.deflateRawSync(bytes, { strategy });
        for (const place of places) {
          // Most near the beginning, where a block says how it is coded.
          const bit = place % (place % 2 === 0 ? Math.min(400, packed.length * 8) : packed.length * 8);
          packed[bit >> 3] = (packed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        }
        const given = cut ? packed.subarray(0, (places[0] ?? 0) % (packed.length + 1)) : packed;
        const expected = inflatedByNode(given, bytes.length + 1);
        if (expected === "broken") refused++;
        else taken++;
        const found = inflatedByPage(given, bytes.length + 1);
        // Which of two faults a reader meets first is its own affair: both are refused.
        const refusals = ["broken", "too large"];
        assert.equal(
          refusals.includes(found) ? "refused" : found,
          refusals.includes(expected) ? "refused" : expected,
        );
      },
    ),
    { numRuns: 2000 },
  );
  assert.ok(taken > 50 && refused > 200, `${taken} taken, ${refused} refused`);
});

const ed25519 = crypto.generateKeyPairSync("ed25519");
const p256 = crypto.generateKeyPairSync("ec", { namedCurve: "P-256" });
const der = (key: crypto.KeyObject) => key.export({ format: "der", type: "spki" });

test("digests in a page are Node's", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 })), (parts) => {
      const [ours, theirs] = [createHashInPage("sha256"), crypto.createHash("sha256")];
      for (const part of parts) {
        ours.update(part);
        theirs.update(part);
      }
      assert.equal(ours.digest("hex"), theirs.digest("hex"));
      const whole = Buffer.concat(parts);
      for (const encoding of ["hex", "binary"] as const)
        assert.equal(hashInPage("sha256", whole, encoding), crypto.hash("sha256", whole, encoding));
    }),
  );
  for (const algorithm of ["sha1", "sha384", "sha512"])
    assert.equal(hashInPage(algorithm, "abc"), crypto.hash(algorithm, "abc"));
  for (const algorithm of ["md5", "toString"])
    assert.throws(() => hashInPage(algorithm, ""), /is not used in verification/);
});

const sha2 = ["sha256", "sha384", "sha512"];

/** OpenSSL throws at some malformed signatures. */
function verifiedByNode(
  algorithm: string | null,
  data: Buffer,
  key: crypto.KeyObject,
  signature: Buffer,
): boolean {
  const given = algorithm === null ? key : { key, dsaEncoding: "der" as const };
  try {
    return crypto.verify(algorithm, data, given, signature);
  } catch {
    return false;
  }
}

function verifiedByPage(algorithm: string | null, data: Buffer, spki: Buffer, signature: Buffer): boolean {
  const key = createPublicKeyInPage({ key: spki, format: "der" });
  return verifyInPage(algorithm, data, algorithm === null ? key : { key, dsaEncoding: "der" }, signature);
}

test("signatures that hold, and signatures with a bit turned or a byte too many, are judged as OpenSSL judges them", () => {
  let held = 0;
  for (let i = 0; i < 150; i++) {
    const data = crypto.randomBytes(i);
    const kinds = [
      {
        algorithm: null,
        spki: der(ed25519.publicKey),
        key: ed25519.publicKey,
        signature: crypto.sign(null, data, ed25519.privateKey),
      },
      {
        algorithm: sha2[i % 3] ?? "",
        spki: der(p256.publicKey),
        key: p256.publicKey,
        signature: crypto.sign(sha2[i % 3] ?? "", data, p256.privateKey),
      },
    ];
    for (const { algorithm, spki, key, signature } of kinds) {
      const bent = Buffer.from(signature);
      if (i % 3 === 1) bent[i % bent.length] = (bent[i % bent.length] ?? 0) ^ (1 << (i % 8));
      const given = i % 3 === 2 && i % 2 === 0 ? Buffer.concat([bent, Buffer.alloc(1)]) : bent;
      const expected = verifiedByNode(algorithm, data, key, given);
      assert.equal(verifiedByPage(algorithm, data, spki, given), expected, given.toString("hex"));
      if (expected) held++;
    }
  }
  assert.ok(held >= 100, String(held));
});

const ORDER_25519 = 2n ** 252n + 27742317777372353535851937790883648493n;
const ORDER_P256 = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

function numberBytes(value: bigint, length: number): Buffer {
  return Buffer.from(value.toString(16).padStart(length * 2, "0"), "hex");
}

test("an Ed25519 S beyond the order and a P-256 r or s of 0 or beyond the order do not hold; another S of P-256 does", () => {
  const data = Buffer.from("data");
  const signature = crypto.sign(null, data, ed25519.privateKey);
  const s = BigInt(`0x${Buffer.from(signature.subarray(32)).reverse().toString("hex")}`);
  const larger = Buffer.concat([signature.subarray(0, 32), numberBytes(s + ORDER_25519, 32).reverse()]);
  assert.equal(verifiedByPage(null, data, der(ed25519.publicKey), larger), false);
  assert.equal(verifiedByNode(null, data, ed25519.publicKey, larger), false);

  const raw = crypto.sign("sha256", data, { key: p256.privateKey, dsaEncoding: "ieee-p1363" });
  const numbers = [raw.subarray(0, 32), raw.subarray(32)].map((part) => BigInt(`0x${part.toString("hex")}`));
  const [r = 0n, other = 0n] = numbers;
  const cases: readonly (readonly [bigint, bigint, boolean])[] = [
    [r, other, true],
    [r, ORDER_P256 - other, true],
    [0n, other, false],
    [r, 0n, false],
    [r + ORDER_P256, other, false],
    [r, ORDER_P256, false],
  ];
  for (const [first, second, holds] of cases) {
    const encoded = sequence(integer(first), integer(second));
    assert.equal(verifiedByNode("sha256", data, p256.publicKey, encoded), holds);
    assert.equal(verifiedByPage("sha256", data, der(p256.publicKey), encoded), holds);
  }
  // A zero in front, a length in two bytes, and something behind: other spellings of the same numbers.
  const [first, second] = [integer(r), integer(other)];
  const padded = Buffer.concat([Buffer.from([2, first[1]! + 1, 0]), first.subarray(2)]); // an integer has a length
  for (const spelling of [
    sequence(padded, second),
    Buffer.concat([Buffer.from([0x30, 0x81, first.length + second.length]), first, second]),
    sequence(first, second, Buffer.from([5, 0])),
    sequence(first),
  ]) {
    assert.equal(verifiedByNode("sha256", data, p256.publicKey, spelling), false, spelling.toString("hex"));
    assert.equal(
      verifiedByPage("sha256", data, der(p256.publicKey), spelling),
      false,
      spelling.toString("hex"),
    );
  }
});

function integer(value: bigint): Buffer {
  const bytes = numberBytes(value, Math.ceil(value.toString(16).length / 2));
  const positive = (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.alloc(1), bytes]) : bytes;
  return Buffer.concat([Buffer.from([2, positive.length]), positive]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  const inner = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([0x30, inner.length]), inner]);
}

test("a page takes keys of the two curves only, and only points of the curve", () => {
  const spki = der(p256.publicKey);
  const key = createPublicKeyInPage({ key: spki, format: "der" });
  assert.deepEqual([...key.export({ format: "der", type: "spki" })], [...spki]);
  const off = Buffer.from(spki);
  off[off.length - 1] = (off[off.length - 1] ?? 0) ^ 1;
  for (const wrong of [
    off,
    Buffer.concat([spki, Buffer.alloc(1)]),
    der(crypto.generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey),
  ])
    assert.throws(() => createPublicKeyInPage({ key: wrong, format: "der" }));
});

test("every static method of Buffer that the verifier's sources use is there in a page", async () => {
  const { buildVerifier } = await import("../../build.ts");
  const { mkdtempSync, rmSync } = await import("node:fs");
  const folder = mkdtempSync("/tmp/verify-");
  try {
    const built = readFileSync((await buildVerifier(folder)).path, "utf8");
    const used = new Set([...built.matchAll(/\bChosen\.(\w+)\(/g)].map(([, name = ""]) => name));
    assert.ok(used.has("from") && used.size > 3, [...used].join());
    for (const name of used) assert.ok(name in PageBuffer, name);
    for (const [, name = ""] of built.matchAll(/\.((?:read|write)(?:Big)?U?Int\w+|equals)\(/g))
      assert.ok(name in PageBuffer.prototype, name);
    assert.doesNotMatch(built, /(?<![.\w])Buffer\./);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
