/** Assesses a prepared workspace and writes its package: `package-create.ts DIRECTORY PATH`. */
import { assess, createPackage } from "@countersign/application";
import { documents, zipArchives } from "@countersign/documents";
import { newHalt } from "@countersign/store";
import { measure, report } from "../harness/task.ts";
import { openWorld } from "../world/world.ts";

const [directory = "", path = ""] = process.argv.slice(2);
const world = await openWorld(directory, 0);
try {
  const { ctx, catalog, loaded } = world;
  const assessed = await measure(() => assess(ctx));
  const peakAfterAssess = process.resourceUsage().maxRSS / 1024;
  const created = await measure(() =>
    createPackage(ctx, documents, zipArchives(newHalt()), {
      path,
      name: "bench",
      run: assessed.value.run,
      criteria: catalog.criteria,
      people: loaded.people,
      howToCheck: "See docs/for-auditors.md.\n",
    }),
  );
  report(
    { assess: assessed.measured, create: created.measured },
    { size: created.value.size, peakAfterAssess },
  );
} finally {
  await world.close();
}
