/** A tiled log of so many records of 600 bytes, on disk: `log-make.ts FOLDER SIZE`. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { canonicalJson } from "@countersign/kernel";
import { leafHash, NodeStore, signCheckpoint, tiledLogFiles, TreeHasher } from "@countersign/ledger";
import { testKey } from "../../packages/ledger/src/testing/keys.ts";
import { measure, report } from "../harness/task.ts";

const RECORD_BYTES = 600;
const [folder = "", sizeText = ""] = process.argv.slice(2);
const size = Number(sizeText);

function record(index: number): Buffer {
  const make = (reason: string): Buffer =>
    Buffer.from(
      canonicalJson({
        actor: { authenticated: "operating-system", id: "p_2b6f0c7d1e9a4f5566778899", kind: "person" },
        body: { end: "2026-03-05T12:00:00Z", reason, source: "github", start: "2026-03-03T00:00:00Z" },
        digests: [],
        id: `rec_${String(index).padStart(24, "0")}`,
        occurredAt: { at: "2026-04-02T09:00:00Z", provenance: "source" },
        organization: "acme",
        recordedAt: "2026-04-02T09:00:00Z",
        subject: "github",
        type: "source.gap",
        version: 1,
      }),
    );
  return make("the token had expired ".repeat(20).slice(0, RECORD_BYTES - make("").length));
}

const { measured } = await measure(() => {
  const nodes = new NodeStore();
  const tree = new TreeHasher(nodes.add);
  for (let index = 0; index < size; index++) tree.append(leafHash(record(index)));
  const { verifier, pem } = testKey("log.example/bench");
  const checkpoint = signCheckpoint({ origin: verifier.name, size, root: tree.root() }, pem);
  for (const { path, bytes } of tiledLogFiles(size, checkpoint, { hash: nodes.read, entry: record })) {
    const place = join(folder, path);
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, bytes());
  }
});
report({ make: measured }, { recordBytes: record(0).length });
