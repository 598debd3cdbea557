/** Our verifier over a tiled log: `log-verify.ts FOLDER hashes|records`; with `records` each is parsed and checked, too. */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { decodeEntries, openCheckpoint, verifyTiledLog } from "@countersign/ledger";
import { testKey } from "../../packages/ledger/src/testing/keys.ts";
import { readRecord } from "../../packages/verify/src/record.ts";
import { measure, report } from "../harness/task.ts";

const [folder = "", mode = "hashes"] = process.argv.slice(2);

function list(): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => relative(folder, join(each.parentPath, each.name)).split(sep).join("/"));
}

let records = 0;

function read(path: string): Buffer | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(join(folder, path));
  } catch {
    return undefined;
  }
  if (mode === "records" && path.startsWith("tile/entries/"))
    for (const entry of decodeEntries(bytes).entries) {
      const record = readRecord(entry);
      if (!record.ok) throw new Error(`${path}: ${record.error}`);
      records++;
    }
  return bytes;
}

const { verifier } = testKey("log.example/bench");
const { value, measured } = await measure(() =>
  verifyTiledLog({ read, list }, (note) => openCheckpoint(note, verifier)),
);
if (value.faults.length > 0) throw new Error(JSON.stringify(value.faults.slice(0, 3)));
report({ verify: measured }, { entries: value.provenEntries, records });
