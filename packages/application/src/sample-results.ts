/** What the newest assessment found for the items of a draw. The census has tested them all; here the auditor's own are picked out. */
import { canonicalJson, ProblemError } from "@countersign/kernel";
import { upperDeviationLimit, type Occurrence } from "@countersign/assessment";
import type { DrawBody } from "@countersign/records";
import type { Context } from "./context.ts";
import { findRun } from "./deviations.ts";
import { loadState } from "./log-state.ts";
import { populationOfActivity } from "./package/view.ts";
import { itemLinesOf, linesOf, occurrenceIn } from "./read-list.ts";

export type SampledActivity = {
  readonly control: string;
  readonly activity: string;
  readonly title: string;
  /** Items of the draw that owe it. */
  readonly sampled: number;
  readonly deviated: number;
  readonly unknown: number;
  /** Only of a seeded draw all of whose items owe it and are known: no other sample bounds anything. */
  readonly upperLimit?: { readonly deviations: number; readonly rate: number };
};

export type SampleResults = {
  readonly draw: DrawBody;
  /** Items that could have been drawn: of the frozen population, or of the stratum. */
  readonly population: number;
  readonly run: string;
  readonly activities: readonly SampledActivity[];
  /** In the order of the draw. */
  readonly items: readonly { readonly id: string; readonly occurrences: readonly Occurrence[] }[];
};

/** @param confidence 0.9 for 90 percent; absent: no limit is calculated, since none is a default. */
export async function sampleResults(
  ctx: Context,
  wanted: string,
  confidence?: number,
): Promise<SampleResults> {
  const log = await loadState(ctx);
  const body = log
    .rows("sample.drawn")
    .find((row) => row.body.draw === wanted || row.record === wanted)?.body;
  const frozen = log.rows("population.frozen").find((row) => row.record === body?.frozen)?.body;
  const population = log.rows("population.collected").find((row) => row.record === frozen?.record);
  if (body === undefined || population === undefined)
    throw new ProblemError({
      code: "unknown-draw",
      what: `no draw ${JSON.stringify(wanted)}`,
      next: "countersign sample list",
    });
  let count = 0;
  const all: string[] = [];
  for (const line of itemLinesOf(ctx.blobs, population.body.items)) {
    const { stratum } = body;
    if (!("item" in line)) continue;
    if (stratum !== undefined && String(line.item[stratum.field] ?? "") !== stratum.value) continue;
    count++;
    if (body.method === "census") all.push(line.item.id);
  }
  // A draw stays with its window: after a roll-forward the newest run of all is over another one.
  const window = canonicalJson(population.body.window);
  const ofWindow = log
    .rows("assessment.run")
    .findLast(({ body: { window: over } }) => canonicalJson(over) === window);
  const run = findRun(ctx, log, ofWindow?.record);
  const populationOf = populationOfActivity(run);
  const byItem = new Map<string, Occurrence[]>(
    (body.method === "census" ? all : body.items).map((id) => [id, []]),
  );
  for (const text of linesOf(ctx.blobs, run.body.results.digest)) {
    const item = occurrenceIn(text);
    if (item !== undefined && populationOf(item) === population.record) byItem.get(item.id)?.push(item);
  }
  const items = [...byItem].map(([id, occurrences]) => ({ id, occurrences }));
  const occurrences = items.flatMap((item) => item.occurrences);
  if (occurrences.length === 0 && items.length > 0)
    throw new ProblemError({
      code: "draw-not-assessed",
      what: `the newest assessment did not test ${population.body.population}@${population.body.version}, which ${body.draw} was drawn from`,
      why: "it tested another version of the population, or no control asks for items of this kind",
      next: "countersign population list shows the versions; countersign assess tests the newest",
    });
  const titles = new Map<string, string>(
    run.summary.controls.flatMap((control) =>
      control.activities.map((activity) => [`${control.id}/${activity.id}`, activity.title] as const),
    ),
  );
  const activities = [...Map.groupBy(occurrences, (each) => `${each.control}/${each.activity}`)].map(
    ([key, group]): SampledActivity => {
      const [first] = group;
      const deviated = group.filter((each) => each.state === "deviated").length;
      const unknown = group.filter((each) => each.state === "unknown" || each.state === "not-due").length;
      const bounds = body.method === "seeded" && unknown === 0 && group.length === items.length;
      return {
        control: first?.control ?? "",
        activity: first?.activity ?? "",
        title: titles.get(key) ?? "",
        sampled: group.length,
        deviated,
        unknown,
        ...(confidence !== undefined && bounds
          ? {
              upperLimit: upperDeviationLimit({
                population: count,
                sampled: group.length,
                found: deviated,
                confidence,
              }),
            }
          : {}),
      };
    },
  );
  return { draw: body, population: count, run: run.body.run, activities, items };
}
