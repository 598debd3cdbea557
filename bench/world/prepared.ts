/** A workspace that holds N changes, made once for all suites of a size. */
import { join } from "node:path";
import { task, timeOf } from "../harness/run-task.ts";
import { times, whole, type Table } from "../harness/table.ts";

export type Prepared = {
  readonly size: number;
  readonly home: string;
  readonly blobs: string;
  readonly digest: string;
  /** The file of the sealed list. */
  readonly list: string;
};

export function prepare(table: Table, folder: string, size: number): Prepared {
  const home = join(folder, `changes-${size}`);
  const result = task("prepare", home, size);
  const digest = String(result.facts["digest"]);
  const blobs = join(home, ".countersign/blobs/bench");
  table.add({
    work: `collect ${whole(size)} changes: check, sort, seal, store with their raw bytes`,
    ours: times(timeOf(result, "collect")),
    peakMiB: result.peakMiB,
  });
  const hex = digest.slice("sha256:".length);
  return { size, home, blobs, digest, list: join(blobs, hex.slice(0, 2), hex) };
}
