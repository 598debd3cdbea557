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

function judge(item: ScaleChange, results: string[] | undefined): void {
  let operated = true;
  for (let i = 0; i < handWritten.length; i++) {
    const holds = handWritten[i]?.(item) ?? false;
    if (holds) counts[i] = (counts[i] ?? 0) + 1;
    else operated = false;
    results?.push(holds ? "operated" : "deviated");
  }
  if (!operated) deviated++;
}

function countOnly(file: number): void {
  for (const line of linesIn(file)) judge((JSON.parse(line) as { item: ScaleChange }).item, undefined);
}

function writeLines(file: number): void {
  const written = openSync(out, "w");
  let text = "";
  for (const line of linesIn(file)) {
    const { item } = JSON.parse(line) as { item: ScaleChange };
    const results: string[] = [];
    judge(item, results);
    const { id, mergedAt, author, title } = item;
    text += `${JSON.stringify({ id, at: mergedAt, person: author, title, results })}\n`;
    if (text.length < CHUNK) continue;
    writeSync(written, text);
    text = "";
  }
  writeSync(written, text);
  fdatasyncSync(written);
  closeSync(written);
}

function census(): void {
  const file = openSync(path, "r");
  (mode === "lines" ? writeLines : countOnly)(file);
  closeSync(file);
}

const { measured } = await measure(census);
report({ census: measured }, { counts, deviated });
