/** `collect SOURCE`: one source, or all of them. */
import {
  collect as collectSource,
  preparePopulations,
  recordProgram,
  type Collected,
} from "@countersign/application";
import { formatInstant } from "@countersign/kernel";
import { writeDueLetters } from "./anchor.ts";
import { withSession, type Common, type Shell } from "./shared.ts";

export type CollectOptions = Common & { readonly dryRun?: boolean };

export async function collect(
  shell: Shell,
  sources: readonly string[],
  options: CollectOptions,
): Promise<void> {
  await withSession(shell, options, async (session) => {
    const { ctx, loaded } = session;
    const wanted = sources.length > 0 ? sources : loaded.program.sources.map((source) => source.id);
    const done: Collected[] = [];
    for (const source of wanted) {
      const collected = await collectSource(ctx, loaded.program, loaded.people, source, {
        dryRun: options.dryRun === true,
        beforeRecording: () => recordProgram(ctx, loaded),
      });
      done.push(collected);
      if (options.json !== true) shell.output.print(words(collected));
    }
    if (options.dryRun !== true) {
      await recordProgram(ctx, loaded);
      const reconciled = await preparePopulations(ctx, loaded.program);
      for (const { body } of reconciled)
        if (options.json !== true)
          shell.output.print(
            `reconciled ${body.left.population} with ${body.right.population} on ${body.key}: ${body.matched} matched, ${body.onlyLeft.count} only in ${body.left.population}, ${body.onlyRight.count} only in ${body.right.population}`,
          );
      for (const letter of await writeDueLetters(shell, session))
        if (options.json !== true) shell.output.print(letter);
    }
    if (options.json === true) shell.output.json(done);
    if (done.some((each) => each.outcome === "failed")) process.exitCode = 1;
  });
}

/** What was read is recorded as partial, and judged; what was set aside is unknown until it is mended. */
function mendWords(collected: Exclude<Collected, { outcome: "failed" }>): string {
  if (collected.outcome === "dry-run")
    return `mend what is named at the source or in sources.yaml, then countersign collect ${collected.source}`;
  const { population, source } = collected.body;
  return `mend what is named at the source or in sources.yaml, then countersign collect ${source}; countersign population show ${population} lists every row that was set aside`;
}

const counted = (count: number, word: string) => `${count} ${word}${count === 1 ? "" : "s"}`;

function words(collected: Collected): string {
  if (collected.outcome === "failed")
    return `${collected.source}: the read failed and is recorded as a gap: ${collected.reasons.join("; ")}`;
  if (collected.outcome === "dry-run")
    return [
      `${collected.source}: would read ${counted(collected.items, "item")} (${counted(collected.excluded, "row")} set aside); nothing was recorded`,
      ...(collected.read.extraction.state === "complete"
        ? []
        : [
            `  because  ${collected.read.extraction.reasons.join("; ")}`,
            `  next     ${mendWords(collected)}`,
          ]),
      `  query    ${collected.read.query}`,
      `  covers   ${formatInstant(collected.read.covers.start)} to ${formatInstant(collected.read.covers.end)}`,
    ].join("\n");
  const { body } = collected;
  const lines = [
    `${body.population}@${body.version}: ${counted(body.items.count, `${body.kind} item`)}, ${counted(body.exclusions.count, "row")} set aside, read ${body.extraction.state}`,
    `  record   ${collected.record}`,
    `  query    ${body.query}`,
    `  window   [${body.start}, ${body.end})`,
    body.extraction.state === "complete"
      ? `  proof    ${body.extraction.proof}`
      : `  because  ${body.extraction.reasons.join("; ")}`,
  ];
  if (body.extraction.state !== "complete") lines.push(`  next     ${mendWords(collected)}`);
  for (const caution of body.cautions) lines.push(`  caution  ${caution}`);
  return lines.join("\n");
}
