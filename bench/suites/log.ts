/** The verification of a tiled log of N records of 600 bytes, over what openssl needs for the same hashes. */
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { alternately, task, timeOf, type Timed } from "../harness/run-task.ts";
import { duration, times, whole, type Table } from "../harness/table.ts";
import { RATIO_FROM } from "./census.ts";

const HASHES_RATIO_MAX = 4;
const RECORDS_RATIO_MAX = 10;
const NODE_BYTES = 65;

/** Bytes a second of CPU time that openssl hashes, in pieces of that size. */
function opensslSpeed(bytes: number): number {
  const { stdout } = spawnSync(
    "openssl",
    ["speed", "-mr", "-seconds", "1", "-bytes", String(bytes), "-evp", "sha256"],
    { encoding: "utf8" },
  );
  const speed = Number(/^\+F:\d+:[^:]+:([\d.]+)$/m.exec(stdout ?? "")?.[1]);
  if (!(speed > 0)) throw new Error("openssl speed is needed for the floor");
  return speed;
}

/** A leaf is a record and its prefix, a node 65 bytes; there is one node fewer than there are leaves. */
function floor(size: number, recordBytes: number): Timed {
  const leaf = recordBytes + 1;
  const ms =
    1000 * ((size * leaf) / opensslSpeed(leaf) + ((size - 1) * NODE_BYTES) / opensslSpeed(NODE_BYTES));
  return { cpu: ms, wall: ms, peakMiB: 0, facts: {} };
}

export function logs(table: Table, folder: string, size: number, runs: number): void {
  const home = join(folder, `log-${size}`);
  const made = task("log-make", home, size);
  const [least, hashes, records] = alternately(runs, [
    () => floor(size, Number(made.facts["recordBytes"])),
    () => timeOf(task("log-verify", home, "hashes"), "verify"),
    () => timeOf(task("log-verify", home, "records"), "verify"),
  ]);
  rmSync(home, { recursive: true, force: true });
  if (least === undefined || hashes === undefined || records === undefined) return;
  const add = (work: string, mine: Timed, most: number): void => {
    const ratio = mine.cpu / least.cpu;
    table.add({
      work: `log of ${whole(size)} records, ${work}`,
      ours: times(mine),
      floor: duration(least.cpu),
      ratio,
      peakMiB: mine.peakMiB,
      ...(size >= RATIO_FROM ? { goal: `≤ ${most}×`, met: ratio <= most } : {}),
    });
  };
  add("hash-verified from its files (floor: openssl speed)", hashes, HASHES_RATIO_MAX);
  add("each record parsed and canonical, too", records, RECORDS_RATIO_MAX);
}
