/**
 * Our census over a stored list, as `assess` does it: `census-ours.ts BLOBS DIGEST N count|lines`. With `count` results
 * are judged and counted; with `lines` each is also written to the sealed list that a run records, and synced to disk.
 */
import { randomUUID } from "node:crypto";
import { itemLinesOf, keepResults } from "@countersign/application";
import { createAssessor, type Summary } from "@countersign/assessment";
import type { Digest } from "@countersign/kernel";
import type { ListRef } from "@countersign/records";
import { openBlobFiles } from "@countersign/store";
import { measure, report } from "../harness/task.ts";
import { changesInput, RECORD } from "../world/assessment.ts";

const [directory = "", digest = "", count = "0", mode = "count"] = process.argv.slice(2);
const blobs = openBlobFiles(directory, randomUUID);
const items: ListRef = { digest: digest as Digest, count: Number(count), root: "", size: 0 };
const input = changesInput(items.count);

function counted(): Summary {
  const assessor = createAssessor(input);
  for (const line of itemLinesOf(blobs, items)) assessor.feed(RECORD, line);
  return assessor.finish().summary;
}

function written(): Summary {
  return keepResults(blobs, input, [{ record: RECORD, items }]).summary;
}

const { value: summary, measured } = await measure(mode === "lines" ? written : counted);
const activity = summary.controls
  .flatMap((control) => control.activities)
  .find((each) => each.kind === "per-item" && each.population?.record === RECORD);
report(
  { census: measured },
  {
    counts: (activity?.attributes ?? []).map((attribute) => attribute.operated),
    deviated: activity?.counts.deviated ?? 0,
  },
);
