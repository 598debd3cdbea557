/** Makes a workspace with N changes in it: `prepare.ts DIRECTORY N`. */
import { collect, recordProgram } from "@countersign/application";
import { measure, report } from "../harness/task.ts";
import { openWorld } from "../world/world.ts";

const [directory = "", count = "0"] = process.argv.slice(2);
const world = await openWorld(directory, Number(count));
try {
  const { ctx, loaded } = world;
  await recordProgram(ctx, loaded);
  const { value, measured } = await measure(() => collect(ctx, loaded.program, loaded.people, "history"));
  if (value.outcome !== "collected") throw new Error(`the source was not collected: ${value.outcome}`);
  const { items } = value.body;
  report(
    { collect: measured },
    { items: items.count, bytes: items.size, digest: items.digest, rawBytes: value.body.raw[0]?.size ?? 0 },
  );
} finally {
  await world.close();
}
