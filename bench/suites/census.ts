/** The census of N changes against five rules, from the stored list to counts, and to a sealed list of results. */
import { join } from "node:path";
import { alternately, task, timeOf } from "../harness/run-task.ts";
import { duration, times, whole, type Table } from "../harness/table.ts";
import type { Prepared } from "../world/prepared.ts";

const RATIO_MAX = 2;
/** Below it, starting and warming up weigh more than the work: such sizes must feel instant, and have no ratio to meet. */
export const RATIO_FROM = 100_000;
const RULES_RATIO_MAX = 4;
const PEAK_MAX_MIB = 1024;
/** The rules alone run on items in memory. */
const IN_MEMORY_MAX = 100_000;

export function census(table: Table, prepared: Prepared, runs: number): void {
  const { size, blobs, digest, list, home } = prepared;
  const words = `census of ${whole(size)} changes × 5 attributes`;
  const byHand = (mode: string) => () =>
    timeOf(task("census-floor", list, mode, join(home, "by-hand.out")), "census");
  const ours = (mode: string) => () => timeOf(task("census-ours", blobs, digest, size, mode), "census");
  const [countFloor, count, linesFloor, lines] = alternately(runs, [
    byHand("count"),
    ours("count"),
    byHand("lines"),
    ours("lines"),
  ]);
  if (countFloor === undefined || count === undefined || linesFloor === undefined || lines === undefined)
    return;
  if (JSON.stringify(count.facts) !== JSON.stringify(countFloor.facts))
    throw new Error(`the counts differ: ${JSON.stringify([count.facts, countFloor.facts])}`);
  const compare = (what: string, mine: typeof count, floor: typeof count, goal: boolean): void => {
    const ratio = mine.cpu / floor.cpu;
    const met = ratio <= RATIO_MAX && mine.peakMiB < PEAK_MAX_MIB;
    table.add({
      work: `${words}${what}`,
      ours: times(mine),
      floor: times(floor),
      ratio,
      peakMiB: mine.peakMiB,
      ...(goal && size >= RATIO_FROM ? { goal: "≤ 2×, < 1 GiB", met } : {}),
    });
  };
  compare(", counted", count, countFloor, true);
  compare(", results sealed and stored", lines, linesFloor, true);
  compare(", the same over the floor that only counts", lines, countFloor, false);
  const inMemory = Math.min(size, IN_MEMORY_MAX);
  const rules = task("rules", inMemory).facts;
  const [mine, theirs] = [Number(rules["ours"]), Number(rules["byHand"])];
  table.add({
    work: `the five rules alone on ${whole(inMemory)} items in memory`,
    ours: duration(mine),
    floor: duration(theirs),
    ratio: mine / theirs,
    goal: "≤ 4×",
    met: mine / theirs <= RULES_RATIO_MAX,
  });
}
