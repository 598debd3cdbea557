import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { deflateRawSync } from "node:zlib";
import { openZip, readEntryWhole, type RandomAccess } from "./zip-reader.ts";
import { sourceOf, writeZip, type ZipFile, type ZipOptions } from "./testing/zip-writer.ts";

const text = (path: string, content = `content of ${path}`): ZipFile => ({
  path,
  bytes: Buffer.from(content),
});

function open(files: readonly ZipFile[], options?: ZipOptions) {
  return opened(sourceOf(writeZip(files, options)));
}

/** Every file's content by path, and every fault met on the way. */
function opened(source: RandomAccess) {
  const archive = openZip(source);
  if (!archive.ok) return { contents: new Map<string, string>(), faults: [archive.error.message] };
  const contents = new Map<string, string>();
  const faults = archive.value.faults.map((fault) => `${fault.where}: ${fault.message}`);
  for (const [path, entry] of archive.value.entries) {
    const read = readEntryWhole(source, entry, 1_000_000);
    if (read.ok) contents.set(path, Buffer.from(read.value).toString());
    else faults.push(`${path}: ${read.error}`);
  }
  return { contents, faults };
}

test("stored, deflated, described and zip64 entries are read", () => {
  const files: ZipFile[] = [
    text("a.txt"),
    { ...text("data/b.txt"), stored: true },
    { ...text("c.txt"), descriptor: true },
    { ...text("d.txt"), zip64: true },
    { ...text("empty", ""), stored: true },
    text("évidence.txt"),
  ];
  for (const zip64End of [false, true]) {
    const { contents, faults } = open(files, { zip64End });
    assert.deepEqual(faults, []);
    assert.deepEqual(
      [...contents],
      files.map((file) => [file.path, Buffer.from(file.bytes).toString()]),
    );
  }
  assert.deepEqual(open([]), { contents: new Map(), faults: [] });
});

test(
  "the test writer's files are zip files to another tool",
  { skip: !existsSync("/usr/bin/unzip") && "no unzip here" },
  () => {
    const folder = mkdtempSync(join(tmpdir(), "zip-"));
    try {
      writeFileSync(
        join(folder, "x.zip"),
        writeZip([text("a.txt"), { ...text("b/c.txt"), zip64: true, descriptor: true }], { zip64End: true }),
      );
      assert.match(execFileSync("unzip", ["-t", join(folder, "x.zip")]).toString(), /No errors detected/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);

/** Every lie is told about the middle one of three files: the others must still be read. */
const lies: { readonly [what: string]: { readonly lie: ZipFile; readonly word: RegExp } } = {
  "a flag that says encrypted": { lie: bent((p) => flag(p, 1)), word: /encrypted/ },
  "strong encryption": { lie: bent((p) => flag(p, 1 << 6)), word: /encrypted/ },
  "masked headers": { lie: bent((p) => flag(p, 1 << 13)), word: /encrypted/ },
  "an unknown flag": { lie: bent((p) => flag(p, 1 << 5)), word: /unknown flags/ },
  "an unknown method": { lie: bent((p) => both(p, 8, 10, 12)), word: /unknown method/ },
  "two methods": { lie: bent((p) => p.local.writeUInt16LE(0, 8)), word: /differ in flags or method/ },
  "two names": { lie: bent((p) => p.local.write("x", 30)), word: /two names/ },
  "two sizes": { lie: bent((p) => p.local.writeUInt32LE(5, 22)), word: /differ in size or checksum/ },
  "two checksums": { lie: bent((p) => p.local.writeUInt32LE(5, 14)), word: /differ in size or checksum/ },
  "a wrong checksum": {
    lie: bent((p) => (p.local.writeUInt32LE(5, 14), p.central.writeUInt32LE(5, 16))),
    word: /checksum does not hold/,
  },
  "a symbolic link": {
    lie: bent((p) => p.central.writeUInt32LE((0o120777 << 16) >>> 0, 38)),
    word: /not a regular file/,
  },
  "a folder's attribute": { lie: bent((p) => p.central.writeUInt32LE(0x10, 38)), word: /is a folder/ },
  "a comment": { lie: bent((p) => comment(p)), word: /comment/ },
  "a name given again in an extra field": { lie: bent((p) => extra(p, 0x7075, 8)), word: /extra field/ },
  "a broken extra field": { lie: bent((p) => extra(p, 0x5455, 8, 9)), word: /broken extra field/ },
  "a zip64 field that disagrees": {
    lie: { ...bent((p) => p.central.writeBigUInt64LE(1n, p.central.length - 24)), zip64: true },
    word: /differ in size/,
  },
  "a descriptor that disagrees": {
    lie: { ...bent((p) => p.descriptor.writeUInt32LE(1, 4)), descriptor: true },
    word: /data descriptor/,
  },
  "bytes between files": {
    lie: bent((p) => (p.data = Buffer.concat([p.data, Buffer.from("?")]))),
    word: /belong to no file/,
  },
  "bytes behind the compressed data": {
    lie: bent((p) => {
      p.data = Buffer.concat([p.data, Buffer.from("hidden")]);
      both32(p, 18, 20, p.data.length);
    }),
    word: /behind its compressed data/,
  },
  "a stream that gives more than it says": { lie: bent((p) => both32(p, 22, 24, 3)), word: /unpack/ },
  "a stream that gives less than it says": { lie: bent((p) => both32(p, 22, 24, 900)), word: /unpacks to/ },
  "a broken stream": { lie: bent((p) => p.data.fill(0xff)), word: /cannot be unpacked/ },
  "a path out of the folder": { lie: text("../b"), word: /refused/ },
  "an absolute path": { lie: text("/b"), word: /refused/ },
  "a folder entry": { lie: text("b/", ""), word: /refused/ },
  "the same name": { lie: text("a"), word: /stands twice/ },
  "a name in another case": { lie: text("A"), word: /collides with a/ },
};

type Parts = Parameters<NonNullable<ZipFile["bend"]>>[0];

function bent(bend: (parts: Parts) => void): ZipFile {
  return {
    ...text("b", "some content that is long enough to be compressed, compressed"),
    bend,
  };
}
function both(parts: Parts, local: number, central: number, value: number): void {
  parts.local.writeUInt16LE(value, local);
  parts.central.writeUInt16LE(value, central);
}
function both32(parts: Parts, local: number, central: number, value: number): void {
  parts.local.writeUInt32LE(value, local);
  parts.central.writeUInt32LE(value, central);
}
function flag(parts: Parts, bits: number): void {
  both(parts, 6, 8, parts.local.readUInt16LE(6) | bits);
}
function comment(parts: Parts): void {
  parts.central.writeUInt16LE(2, 32);
  parts.central = Buffer.concat([parts.central, Buffer.from("hi")]);
}
function extra(parts: Parts, id: number, size: number, said = size): void {
  const field = Buffer.alloc(4 + size);
  field.writeUInt16LE(id, 0);
  field.writeUInt16LE(said, 2);
  parts.central.writeUInt16LE(field.length, 30);
  parts.central = Buffer.concat([parts.central, field]);
}

for (const [what, { lie, word }] of Object.entries(lies)) {
  test(`refused: ${what}`, () => {
    const { contents, faults } = open([text("a"), lie, text("z")]);
    assert.equal(faults.length, 1, JSON.stringify(faults));
    assert.match(faults[0] ?? "", word);
    assert.deepEqual([...contents.keys()], ["a", "z"]);
  });
}

test("overlapping entries and a shared body are refused", () => {
  const files = [text("a"), text("b")];
  const zip = writeZip(files);
  const second = zip.lastIndexOf("PK\x01\x02", undefined, "latin1");
  zip.writeUInt32LE(0, second + 42);
  assert.match(opened(sourceOf(zip)).faults.join(), /overlaps/);
});

test("bytes before the first entry, behind the end, and a comment are refused", () => {
  const zip = writeZip([text("a")]);
  assert.match(
    opened(sourceOf(Buffer.concat([zip, Buffer.from("x")]))).faults.join(),
    /followed by other bytes/,
  );
  assert.notDeepEqual(opened(sourceOf(Buffer.concat([Buffer.from("x"), zip]))).faults, []);
  const commented = Buffer.concat([zip, Buffer.from("hi")]);
  commented.writeUInt16LE(2, zip.length - 2);
  assert.notDeepEqual(opened(sourceOf(commented)).faults, []);
  const shifted = shiftedBy(zip, 5);
  assert.match(opened(sourceOf(shifted)).faults.join(), /before the first file/);
});

/** A prefix whose offsets were corrected, as self-extracting archives have it. */
function shiftedBy(zip: Buffer, count: number): Buffer {
  const shifted = Buffer.concat([Buffer.alloc(count, 0x2e), zip]);
  const directory = shifted.indexOf("PK\x01\x02", undefined, "latin1");
  shifted.writeUInt32LE(count, directory + 42);
  shifted.writeUInt32LE(directory, shifted.length - 6);
  return shifted;
}

test("a file cut anywhere, and one with any count changed, is refused without an exception", () => {
  const zip = writeZip([text("a"), text("b"), { ...text("c"), descriptor: true }], { zip64End: true });
  for (let length = 0; length < zip.length; length++)
    assert.notDeepEqual(opened(sourceOf(zip.subarray(0, length))).faults, [], `cut to ${length}`);
});

test("flipping any bit is noticed, but for the bits that mean nothing", () => {
  const files = [text("a"), { ...text("b"), descriptor: true }];
  const zip = writeZip(files);
  const expected = new Map(files.map((file) => [file.path, Buffer.from(file.bytes).toString()]));
  let unnoticed = 0;
  for (let at = 0; at < zip.length; at++) {
    for (const bit of [1, 0x80]) {
      const flipped = Buffer.from(zip);
      flipped[at] = (flipped[at] ?? 0) ^ bit;
      const { contents, faults } = opened(sourceOf(flipped));
      if (faults.length > 0) continue;
      // Times, versions and attributes: whatever they say, the names and the contents are the same.
      assert.deepEqual(contents, expected, `byte ${at}`);
      unnoticed++;
    }
  }
  assert.ok(unnoticed < 120, String(unnoticed));
});

test("a bomb is refused by what it declares, before anything is unpacked", () => {
  const bomb = deflateRawSync(Buffer.alloc(64 * 1024 * 1024));
  const zip = writeZip([
    {
      path: "bomb",
      bytes: Buffer.alloc(9 * 1024 * 1024),
      bend: (parts) => {
        parts.data = bomb;
        parts.local.writeUInt32LE(bomb.length, 18);
        parts.central.writeUInt32LE(bomb.length, 20);
      },
    },
  ]);
  assert.match(opened(sourceOf(zip)).faults.join(), /must be stored uncompressed/);
});
