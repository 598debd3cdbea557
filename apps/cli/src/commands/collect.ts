/** `collect SOURCE`: one source, or all of them. */
import {
  collect as collectSource,
  preparePopulations,
  recordProgram,
  type Collected,
} from "@countersign/application";
import { withSession, type Common, type Shell } from "./shared.ts";

export type CollectOptions = Common & { readonly dryRun?: boolean };

export async function collect(
  shell: Shell,
  sources: readonly string[],
  options: CollectOptions,
): Promise<void> {
  await withSession(shell, options, async ({ ctx, loaded }) => {
    const wanted = sources.length > 0 ? sources : loaded.program.sources.map((source) => source.id);
    if (options.dryRun !== true) await recordProgram(ctx, loaded);
    const done: Collected[] = [];
    for (const source of wanted) {
      const collected = await collectSource(ctx, loaded.program, loaded.people, source, {
        dryRun: options.dryRun === true,
      });
      done.push(collected);
      if (options.json !== true) shell.output.print(words(collected));
    }
    if (options.dryRun !== true) {
      const reconciled = await preparePopulations(ctx, loaded.program);
      for (const { body } of reconciled)
        if (options.json !== true)
          shell.output.print(
            `reconciled ${body.left.population} with ${body.right.population} on ${body.key}: ${body.matched} matched, ${body.onlyLeft.count} only in ${body.left.population}, ${body.onlyRight.count} only in ${body.right.population}`,
          );
    }
    if (options.json === true) shell.output.json(done);
    if (done.some((each) => each.outcome === "failed")) process.exitCode = 1;
  });
}

function words(collected: Collected): string {
  if (collected.outcome === "failed")
    return `${collected.source}: the read failed and is recorded as a gap: ${collected.reasons.join("; ")}`;
  if (collected.outcome === "dry-run")
    return [
      `${collected.source}: would read ${collected.items} items (${collected.excluded} rows set aside); nothing was recorded`,
      `  query    ${collected.read.query}`,
      `  covers   ${new Date(collected.read.covers.start).toISOString()} to ${new Date(collected.read.covers.end).toISOString()}`,
    ].join("\n");
  const { body } = collected;
  const lines = [
    `${body.population}@${body.version}: ${body.items.count} ${body.kind} items, ${body.exclusions.count} rows set aside, read ${body.extraction.state}`,
    `  record   ${collected.record}`,
    `  query    ${body.query}`,
    `  window   [${body.start}, ${body.end})`,
    body.extraction.state === "complete"
      ? `  proof    ${body.extraction.proof}`
      : `  because  ${body.extraction.reasons.join("; ")}`,
  ];
  for (const caution of body.cautions) lines.push(`  caution  ${caution}`);
  return lines.join("\n");
}
