/** Several processes in one workspace at once, from its first start on. */
import { randomBytes } from "node:crypto";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { blobsInWriting, CONTROL, type Place } from "./place.ts";
import { type Choices } from "./random.ts";
import { readReceipts } from "./receipts.ts";
import { endOf, startCollect, startEvidenceAdd, startLoop, type Run } from "./runs.ts";

export type Together = { readonly failures: readonly string[]; readonly receipts: number };

/** Seconds for all of them, on a machine that does other things besides. */
const LIMIT = 180;

/** Real commands, started at the same moment in a workspace that may not exist yet. */
export async function commandsTogether(
  place: Place,
  name: string,
  counts: { readonly collect: number; readonly evidence: number },
): Promise<Together> {
  const collects = Array.from({ length: counts.collect }, (_, n) =>
    startCollect(place, `${name}-collect-${n}`),
  );
  const adds = Array.from({ length: counts.evidence }, (_, n) => {
    const file = join(place.files, `${name}-${n}.csv`);
    // Two of them add the same bytes: one blob, two records.
    writeFileSync(file, n < 2 ? "the same bytes\n" : randomBytes(2000));
    return startEvidenceAdd(place, `${name}-evidence-${n}`, CONTROL, file);
  });
  return finish(place, [...collects, ...adds]);
}

/** Long-running writers side by side. */
export async function loopsTogether(place: Place, name: string, choices: Choices): Promise<Together> {
  const loop = (act: "evidence" | "collect", n: number, acts: number): Run =>
    startLoop(place, { name: `${name}-${act}-${n}`, seed: choices.below(2 ** 32), acts, act });
  return finish(place, [
    loop("collect", 0, 3),
    loop("collect", 1, 3),
    loop("evidence", 0, 40),
    loop("evidence", 1, 40),
  ]);
}

async function finish(place: Place, runs: readonly Run[]): Promise<Together> {
  const ended = await Promise.all(runs.map(async (run) => ({ run, ...(await endOf(run, LIMIT)) })));
  const failures = ended
    .filter(({ code }) => code !== 0)
    .map(({ run, code, signal, stderr }) => `${run.words} ended with ${signal ?? code}: ${stderr}`);
  const left = blobsInWriting(place);
  if (left.length > 0) failures.push(`temporary files are left: ${left.join(", ")}`);
  return { failures, receipts: readReceipts(place.receipts).length };
}

/** Names in keys/: a key that lost a race must leave nothing behind. */
export function keyFilesOf(place: Place): readonly string[] {
  return readdirSync(join(place.home.workspace, "keys")).sort();
}
