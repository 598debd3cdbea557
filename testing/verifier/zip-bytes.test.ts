/** The bytes of the zip around the files: each that says anything is held to it, and no trick reaches the disk. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { deflateRawSync } from "node:zlib";
import { sourceOf, writeZip, type ZipFile, type ZipParts } from "@countersign/package-format/testing";
import { verifyPackage } from "@countersign/verify";
import { buildVerifier, type Bundle } from "../../packages/verify/build.ts";
import { tellStory } from "../../packages/verify/src/testing/company.ts";
import { packed } from "../../packages/verify/src/testing/pack.ts";
import { choicesFrom } from "../durability/random.ts";

const files: readonly ZipFile[] = [...packed(tellStory())].map(([path, bytes]) => ({ path, bytes }));
const zip = writeZip(files);
const seed = 20261127;

const folder = mkdtempSync(join(tmpdir(), "zip-bytes-"));
after(() => rmSync(folder, { recursive: true }));
let bundle: Bundle;
before(async () => {
  bundle = await buildVerifier(join(folder, "verifier"));
});

/** Bytes that say nothing of the contents, by their offset in a header: which version could unpack it, and when it was made. */
const freeInLocal = new Set([4, 5, 10, 11, 12, 13]);
const freeInCentral = new Set([4, 6, 7, 12, 13, 14, 15, 36, 37, 38, 39, 40, 41]);

type Header = {
  readonly at: number;
  readonly length: number;
  readonly free: ReadonlySet<number>;
  readonly name: string;
};

/** Every header of the zip, found by its signature: the contents are compressed text and hold none. */
function headers(): Header[] {
  const found: Header[] = [];
  for (let at = 0; at + 4 <= zip.length; at++) {
    const signature = zip.readUInt32LE(at);
    if (signature === 0x04034b50) {
      const name = zip.subarray(at + 30, at + 30 + zip.readUInt16LE(at + 26)).toString();
      found.push({ at, length: 30 + name.length, free: freeInLocal, name });
    } else if (signature === 0x02014b50) {
      const name = zip.subarray(at + 46, at + 46 + zip.readUInt16LE(at + 28)).toString();
      found.push({ at, length: 46 + name.length, free: freeInCentral, name });
    } else if (signature === 0x06054b50) {
      found.push({ at, length: 22, free: new Set(), name: "zip" });
    }
  }
  return found;
}

test(`a bit flipped in any byte of any header is found, but in those that say nothing of the contents (seed ${seed})`, () => {
  const all = headers();
  assert.equal(all.length, files.length * 2 + 1);
  const { below } = choicesFrom(seed);
  let free = 0;
  let found = 0;
  // Every fifth: the headers are alike, and each byte is tried in several.
  for (const header of all.filter((_, i) => i % 5 === 0 || i === all.length - 1))
    for (let offset = 0; offset < header.length; offset++) {
      const bent = Buffer.from(zip);
      const at = header.at + offset;
      bent[at] = (bent[at] ?? 0) ^ (1 << below(8));
      const { intact, faults } = verifyPackage(sourceOf(bent));
      if (intact) {
        assert.ok(header.free.has(offset), `${header.name} at ${offset}`);
        free++;
        continue;
      }
      found++;
      const [first] = faults;
      assert.ok(
        first?.code.startsWith("zip-") === true || first?.code.startsWith("file-") === true,
        JSON.stringify(first),
      );
    }
  assert.ok(found > 500 && free > 40, `${found} found, ${free} of no meaning`);
});

test("a bit flipped anywhere in the compressed contents is said of the file that it is in", () => {
  const { below } = choicesFrom(seed);
  for (const { at, length, name } of headers().filter(({ free }) => free === freeInLocal)) {
    const size = zip.readUInt32LE(at + 18);
    for (let times = 0; times < 10 && size > 0; times++) {
      const bent = Buffer.from(zip);
      const place = at + length + below(size);
      bent[place] = (bent[place] ?? 0) ^ (1 << below(8));
      const { intact, faults } = verifyPackage(sourceOf(bent));
      // The bits that fill a stream's last byte say nothing, and the contents are the same.
      if (intact && place === at + length + size - 1) continue;
      assert.equal(intact, false, `${name} at ${place}`);
      assert.ok(
        faults.some((fault) => fault.where === name),
        `${name} at ${place}: ${JSON.stringify(faults)}`,
      );
    }
  }
});

const x = Buffer.from("x");
const link = ({ central }: ZipParts): void => void central.writeUInt32LE((0o120777 << 16) >>> 0, 38);
const bomb = deflateRawSync(Buffer.alloc(40_000_000));

/** What is added to a good package, and the place and the code of the fault. */
const tricks: readonly (readonly [name: string, file: ZipFile, where: string, code: string])[] = [
  ["a path that leaves the folder", { path: "../evil", bytes: x }, "../evil", "zip-path"],
  ["one that leaves it later", { path: "a/../../evil", bytes: x }, "a/../../evil", "zip-path"],
  ["an absolute path", { path: "/tmp/evil", bytes: x }, "/tmp/evil", "zip-path"],
  ["a drive", { path: "C:/evil", bytes: x }, "C:/evil", "zip-path"],
  ["a backslash", { path: "..\\evil", bytes: x }, "..\\evil", "zip-path"],
  ["a device", { path: "aux.txt", bytes: x }, "aux.txt", "zip-path"],
  ["a symbolic link", { path: "link", bytes: Buffer.from("/etc/passwd"), bend: link }, "link", "zip-entry"],
  ["a name in another case", { path: "INDEX.html", bytes: x }, "INDEX.html", "zip-path"],
  ["the same name twice", { path: "index.html", bytes: x }, "index.html", "zip-path"],
  ["a file where a folder is", { path: "ledger", bytes: x }, "ledger", "zip-path"],
  ["a name in another form of Unicode", { path: "e\u0301", bytes: x }, "e\u0301", "zip-path"],
  [
    "a bomb that says its size",
    { path: "bomb", bytes: x, bend: sized(bomb, 40_000_000) },
    "bomb",
    "zip-entry",
  ],
  [
    "a bomb that says another size",
    { path: "bomb", bytes: x, bend: sized(bomb, 1000) },
    "bomb",
    "file-unreadable",
  ],
  [
    "an entry over another",
    { path: "over", bytes: x, bend: ({ central }) => void central.writeUInt32LE(0, 42) },
    "over",
    "zip-entry",
  ],
];

function sized(data: Buffer, size: number): (parts: ZipParts) => void {
  return (parts) => {
    parts.data = data;
    for (const [header, at] of [
      [parts.local, 18],
      [parts.central, 20],
    ] as const) {
      header.writeUInt32LE(data.length, at);
      header.writeUInt32LE(size, at + 4);
    }
  };
}

for (const [name, file, where, code] of tricks)
  test(`${name} is refused and named, and nothing is written, followed or started`, () => {
    const work = join(folder, name.replace(/\W+/g, "-"), "inner");
    mkdirSync(work, { recursive: true });
    const path = join(work, "package.zip");
    writeFileSync(path, writeZip([...files, file]));
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      // Node's own fence: reading is allowed, writing and starting is not.
      ["--permission", "--allow-fs-read=*", bundle.path, path, "--json"],
      { cwd: work, encoding: "utf8", maxBuffer: 1 << 26 },
    );
    assert.equal(status, 1, stderr);
    const { faults } = JSON.parse(stdout) as { faults: { where: string; code: string }[] };
    assert.ok(
      faults.some((fault) => fault.where === where && fault.code === code),
      JSON.stringify(faults),
    );
    assert.deepEqual(readdirSync(work), ["package.zip"]);
    assert.deepEqual(readdirSync(join(work, "..")), ["inner"]);
    assert.ok(!existsSync("/tmp/evil"));
  });
