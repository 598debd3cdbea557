/**
 * The census by hand: reads the stored list, parses each line, judges the five rules and counts.
 * `census-floor.ts FILE count|lines OUT`; with `lines` it also writes a line per item, unsealed, and syncs it to disk.
 */
import { closeSync, fdatasyncSync, openSync, readSync, writeSync } from "node:fs";
import type { ScaleChange } from "@countersign/sample";
import { measure, report } from "../harness/task.ts";
import { handWritten } from "../world/rules.ts";

const CHUNK = 1 << 20;
const [path = "", mode = "count", out = ""] = process.argv.slice(2);

function* linesIn(file: number): Generator<string> {
  let rest = Buffer.alloc(0);
  for (;;) {
    const chunk = Buffer.allocUnsafe(CHUNK);
    const count = readSync(file, chunk, 0, CHUNK, null);
    if (count === 0) return;
    const buffer =
      rest.length === 0 ? chunk.subarray(0, count) : Buffer.concat([rest, chunk.subarray(0, count)]);
    const last = buffer.lastIndexOf(10);
    yield* buffer.toString("utf8", 0, last).split("\n");
    rest = Buffer.from(buffer.subarray(last + 1));
  }
}

const counts = handWritten.map(() => 0);
let deviated = 0;

function census(): void {
  const file = openSync(path, "r");
  const written = mode === "lines" ? openSync(out, "w") : undefined;
  let text = "";
  for (const line of linesIn(file)) {
    const { item } = JSON.parse(line) as { item: ScaleChange };
    let operated = true;
    const results: string[] = [];
    for (const [index, rule] of handWritten.entries()) {
      const holds = rule(item);
      if (holds) counts[index] = (counts[index] ?? 0) + 1;
      else operated = false;
      if (written !== undefined) results.push(holds ? "operated" : "deviated");
    }
    if (!operated) deviated++;
    if (written === undefined) continue;
    text += `${JSON.stringify({ id: item.id, at: item.mergedAt, person: item.author, title: item.title, results })}\n`;
    if (text.length < CHUNK) continue;
    writeSync(written, text);
    text = "";
  }
  if (written !== undefined) {
    writeSync(written, text);
    fdatasyncSync(written);
    closeSync(written);
  }
  closeSync(file);
}

const { measured } = await measure(census);
report({ census: measured }, { counts, deviated });
