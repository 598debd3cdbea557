/** `population list|show|reconcile|resolve|freeze`. */
import {
  differencesOf,
  findPopulation,
  freeze,
  itemLinesOf,
  loadState,
  populationsOf,
  reconcile,
  resolveDifferences,
  useOf,
} from "@countersign/application";
import type { Program } from "@countersign/program";
import { itemKindOf, type PopulationBody, type RecordBodies } from "@countersign/records";
import { ProblemError } from "@countersign/kernel";
import { table } from "../screen/table.ts";
import { findPerson, withSession, withReading, type Common, type Shell } from "./shared.ts";

export async function listPopulations(shell: Shell, options: Common): Promise<void> {
  await withReading(shell, options, async ({ ctx }) => {
    const state = populationsOf(await loadState(ctx));
    const uses = state.collected.map((row) => ({ use: useOf(state, row), row }));
    if (options.json === true) {
      shell.output.json(uses.map(({ use, row }) => ({ ...use, version: row.body.version })));
      return;
    }
    shell.output.print(
      table([
        ["population", "kind", "items", "extraction", "completeness", "frozen", "record"],
        ...uses.map(({ use, row }) => [
          `${use.population}@${row.body.version}`,
          use.kind,
          String(use.count),
          use.extraction.state,
          use.completeness.state === "differences"
            ? `${use.completeness.unresolved} differences`
            : use.completeness.state,
          use.frozen ? "yes" : "no",
          use.record,
        ]),
      ]),
    );
  });
}

export async function showPopulation(
  shell: Shell,
  name: string,
  options: Common & { readonly items?: boolean },
): Promise<void> {
  await withReading(shell, options, async ({ ctx }) => {
    const log = await loadState(ctx);
    const state = populationsOf(log);
    const row = findPopulation(state, name);
    const use = useOf(state, row);
    if (options.json === true) {
      shell.output.json({ record: row.record, index: log.indexOf(row.record), body: row.body, use });
      return;
    }
    const { body } = row;
    shell.output.print(
      [
        `${body.population}@${body.version}  ${body.kind}  ${body.items.count} items  root ${body.items.root}`,
        `  record        ${row.record}, index ${log.indexOf(row.record)}`,
        `  source        ${body.source}, by ${body.collector.name} ${body.collector.version}`,
        `  query         ${body.query}`,
        `  parameters    ${JSON.stringify(body.parameters)}`,
        `  window        ${body.window.from} through ${body.window.through} ${body.window.zone} = [${body.start}, ${body.end})`,
        `  cut-off       ${body.cutOffRule}`,
        `  read          ${body.startedAt} to ${body.finishedAt}, ${body.pages} pages, ${body.rowsRead} rows`,
        `  extraction    ${body.extraction.state}: ${body.extraction.state === "complete" ? body.extraction.proof : body.extraction.reasons.join("; ")}`,
        `  completeness  ${use.completeness.state === "not-shown" ? `not shown: ${use.completeness.reason}` : use.completeness.state === "reconciled" ? `reconciled, ${use.completeness.resolved} differences resolved` : `${use.completeness.unresolved} ${use.completeness.unresolved === 1 ? "difference" : "differences"} unresolved`}`,
        `  accuracy      ${accuracyWords(body)}`,
        ...body.lacks.map((lack) => `  lacks         ${lack.field}: ${lack.reason} (${lack.suppliedBy})`),
        ...body.cautions.map((caution) => `  caution       ${caution}`),
        ...use.warnings
          .filter((warning) => !body.cautions.includes(warning))
          .map((warning) => `  warning       ${warning}`),
      ].join("\n"),
    );
    for (const line of itemLinesOf(ctx.blobs, body.exclusions))
      if ("item" in line)
        shell.output.print(`  set aside     ${String(line.item["row"])}: ${String(line.item["reason"])}`);
    if (options.items === true)
      for (const line of itemLinesOf(ctx.blobs, body.items)) shell.output.print(JSON.stringify(line));
  });
}

function accuracyWords(body: PopulationBody): string {
  if (body.items.count === 0) return "no item, so nothing to compare with raw bytes";
  return `every item names its bytes in ${body.raw.map((raw) => raw.name).join(", ") || "the populations it was joined from"}`;
}

export async function reconcilePopulations(
  shell: Shell,
  left: string,
  right: string,
  options: Common & { readonly key?: string },
): Promise<void> {
  await withSession(shell, options, async ({ ctx, loaded }) => {
    const state = populationsOf(await loadState(ctx));
    const a = findPopulation(state, left);
    const b = findPopulation(state, right);
    const done = await reconcile(ctx, a, b, keyOf(loaded.program, a.body, b.body, options.key));
    const resolved = new Set(
      state.resolved
        .filter((row) => row.body.reconciliation === done.body.reconciliation)
        .flatMap((row) => row.body.ids),
    );
    const differences = differencesOf(ctx, done.body).map((each) => ({
      ...each,
      resolved: resolved.has(each.id),
    }));
    if (options.json === true) {
      shell.output.json({ ...done, differences });
      return;
    }
    const { body } = done;
    shell.output.print(
      `${body.left.population} ${body.left.count} and ${body.right.population} ${body.right.count} on ${body.key}: ${body.matched} matched, ${differences.length} differences`,
    );
    for (const each of differences)
      shell.output.print(`  ${each.side}  ${each.id}  ${each.key}${each.resolved ? "  resolved" : ""}`);
    if (differences.some((each) => !each.resolved))
      shell.output.print(
        `resolve each: countersign population resolve ${body.reconciliation} ID … --as explained --reason "…" --by PERSON`,
      );
  });
}

/**
 * The key that the program plans for the two, since a result must not depend on who compared last; else the one that is
 * asked for, else the kind's first.
 */
function keyOf(
  program: Program,
  left: PopulationBody,
  right: PopulationBody,
  asked: string | undefined,
): string {
  const planned = program.populations
    .filter((plan) => plan.kind === left.kind)
    .flatMap((plan) => [...plan.reconcile, ...plan.join].map((each) => ({ from: plan.from, ...each })))
    .find(
      ({ from, source }) =>
        (from === left.population && source === right.population) ||
        (from === right.population && source === left.population),
    )?.key;
  if (planned !== undefined && asked !== undefined && asked !== planned)
    throw new ProblemError({
      code: "reconcile-key",
      what: `${left.population} and ${right.population} are reconciled on ${planned}, as the program says, not on ${asked}`,
      where: "countersign/sources.yaml, populations",
      next: "leave --key out, or change the key there; the change is then recorded",
    });
  const kind = itemKindOf(left.kind);
  const key = planned ?? asked ?? kind?.keys[0] ?? "id";
  if (kind?.keys.includes(key) === true) return key;
  throw new ProblemError({
    code: "reconcile-key",
    what: `${left.kind} items are not reconciled on ${key}`,
    next: `--key ${kind?.keys.join(" or --key ") ?? "id"}`,
  });
}

type Resolution = RecordBodies["difference.resolved"]["resolution"];

export async function resolvePopulation(
  shell: Shell,
  reconciliation: string,
  ids: readonly string[],
  options: Common & { readonly as: Resolution; readonly reason: string; readonly by: string },
): Promise<void> {
  await withSession(shell, options, async (session) => {
    const record = await resolveDifferences(session.ctx, {
      reconciliation,
      ids,
      resolution: options.as,
      reason: options.reason,
      person: await findPerson(session, options.by, "--by"),
    });
    if (options.json === true) shell.output.json({ record });
    else shell.output.print(`${ids.length} resolved as ${options.as}; record ${record}`);
  });
}

export async function freezePopulation(
  shell: Shell,
  name: string,
  options: Common & { readonly withWarning?: boolean },
): Promise<void> {
  await withSession(shell, options, async ({ ctx }) => {
    const done = await freeze(ctx, name, { withWarning: options.withWarning === true });
    if (options.json === true) {
      shell.output.json(done);
      return;
    }
    shell.output.print(
      `${done.body.population} frozen: ${done.body.count} items, root ${done.body.root}; record ${done.record}`,
    );
    for (const warning of done.body.warnings) shell.output.print(`  warning  ${warning}`);
  });
}
