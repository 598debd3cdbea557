/**
 * The floor of a verification: every entry inflated by zlib and hashed by OpenSSL, in one thread, as the entries come.
 * `package-floor.ts PATH`. It checks nothing.
 */
import { createHash } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { inflateRawSync } from "node:zlib";
import { openZip } from "@countersign/package-format";
import { measure, report } from "../harness/task.ts";

const [path = ""] = process.argv.slice(2);
const file = openSync(path, "r");
const read = (offset: number, length: number): Buffer => {
  const bytes = Buffer.allocUnsafe(length);
  readSync(file, bytes, 0, length, offset);
  return bytes;
};
const zip = openZip({ size: fstatSync(file).size, read });
if (!zip.ok) throw new Error(zip.error.message);

function floor(
  entries: Iterable<{ dataOffset: number; compressedSize: number; method: number; size: number }>,
) {
  const hash = createHash("sha256");
  let bytes = 0;
  for (const entry of entries) {
    const data = read(entry.dataOffset, entry.compressedSize);
    const content =
      entry.method === 0 ? data : inflateRawSync(data, { chunkSize: Math.max(64, entry.size + 1) });
    hash.update(content);
    bytes += content.length;
  }
  return { bytes, digest: hash.digest("hex") };
}

const { entries } = zip.value;
const { value, measured } = await measure(() => floor(entries.values()));
closeSync(file);
report({ floor: measured }, { bytes: value.bytes, files: entries.size, digest: value.digest });
