/** Durable appends, and the way from a request to a published checkpoint. These wait for the disk: the clock counts. */
import { join } from "node:path";
import { task } from "../harness/run-task.ts";
import { duration, whole, type Table } from "../harness/table.ts";

const RATIO_MIN = 0.6;
const PUBLISHED_MAX_MS = 250;

export function append(table: Table, folder: string): void {
  const { facts } = task("append", join(folder, "append"));
  const fact = (name: string): number => Number(facts[name]);
  const rate = (name: string): string => `${whole(fact(name))}/s`;
  // The two take turns; the middle of the turns' own ratios, since the machine is busier in some than in others.
  const ratio = fact("ratio");
  table.add({
    work: "durable append, 256 records of 600 bytes a transaction",
    ours: rate("durableRows"),
    floor: rate("bareRows"),
    ratio,
    goal: "≥ 0.6×",
    met: ratio >= RATIO_MIN,
  });
  table.add({
    work: "… sequenced and published too, each batch",
    ours: rate("publishedRows"),
    floor: rate("bareRows"),
    ratio: fact("publishedRows") / fact("bareRows"),
  });
  table.add({
    work: "durable append, one record a call, eight at once (floor: a transaction each)",
    ours: rate("durableSingles"),
    floor: rate("bareSingles"),
    ratio: fact("durableSingles") / fact("bareSingles"),
  });
  table.add({
    work: "the disk alone: 256 records and an fdatasync; one record and an fdatasync",
    ours: rate("syncBatchedRows"),
    floor: rate("syncSingles"),
  });
  const pair = (name: string): string =>
    `p50 ${duration(fact(`${name}P50`))}, p99 ${duration(fact(`${name}P99`))}`;
  table.add({
    work: "at 1,000 appends a second for 20 s, each submitted by itself: durable",
    ours: pair("durable"),
    floor: pair("beside"),
  });
  table.add({
    work: "… acknowledged and published (floor: fdatasync beside it)",
    ours: pair("published"),
    floor: pair("beside"),
    goal: "p99 < 250 ms",
    met: fact("publishedP99") < PUBLISHED_MAX_MS,
  });
}
