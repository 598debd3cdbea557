/** Prints what stands in a store that file-driver.ts wrote: names whose bytes are whole, others, and half-written ones. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const store = join(process.argv[2] ?? "", "workspace", "blobs");
const intact: string[] = [];
const damaged: string[] = [];
for (const folder of existsSync(store) ? readdirSync(store) : [])
  if (folder !== "tmp")
    for (const name of readdirSync(join(store, folder))) {
      const digest = createHash("sha256")
        .update(readFileSync(join(store, folder, name)))
        .digest("hex");
      (digest === name ? intact : damaged).push(name);
    }
const half = readdirSync(join(store, "tmp")).length;
process.stdout.write(`${JSON.stringify({ intact: intact.sort(), damaged: damaged.sort(), half })}\n`);
