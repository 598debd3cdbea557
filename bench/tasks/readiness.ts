/**
 * Readiness over a large program, with no answer kept from before: `readiness.ts BLOBS DIGEST N`. 300 controls, 5,000
 * components, 200 vendors, and N stored changes that are read, judged and counted each time.
 */
import { randomUUID } from "node:crypto";
import { itemLinesOf } from "@countersign/application";
import { createAssessor, programGaps, readiness } from "@countersign/assessment";
import type { Digest } from "@countersign/kernel";
import type { ListRef } from "@countersign/records";
import { openBlobFiles } from "@countersign/store";
import { measure, report } from "../harness/task.ts";
import { changesInput, RECORD } from "../world/assessment.ts";
import { largeProgram } from "../world/large-program.ts";

const [directory = "", digest = "", count = "0"] = process.argv.slice(2);
const blobs = openBlobFiles(directory, randomUUID);
const items: ListRef = { digest: digest as Digest, count: Number(count), root: "", size: 0 };
const base = changesInput(items.count);
const input = { ...base, program: largeProgram(base.program) };

const { value: found, measured } = await measure(() => {
  const assessor = createAssessor(input);
  for (const line of itemLinesOf(blobs, items)) assessor.feed(RECORD, line);
  const { summary } = assessor.finish(() => undefined);
  const { program } = input;
  const designGaps = programGaps(program, [], program.window.through);
  return readiness({ program, summary, people: [], designGaps, sizes: [25, 60] });
});
report(
  { readiness: measured },
  {
    controls: found.controls.length,
    criteria: found.criteria.length,
    missing: found.criteria.reduce((sum, { missing }) => sum + missing.length, 0),
    components: input.program.system?.components.length ?? 0,
    vendors: input.program.system?.vendors.length ?? 0,
  },
);
