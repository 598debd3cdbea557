/** Two populations against each other, the join of several into one, the resolution of differences, and the freeze. */
import { epochOf, formatInstant, ProblemError, type Json } from "@countersign/kernel";
import { createJoin, createReconciler } from "@countersign/assessment";
import { sealLine } from "@countersign/ledger";
import { planOf, type PopulationPlan, type Program } from "@countersign/program";
import { itemKindOf, type ItemKind } from "@countersign/records";
import type { ItemLine, ListRef, RecordBodies, ReconciliationBody } from "@countersign/records";
import { makeRecord, newId, publish } from "./append.ts";
import { keepPopulation, Salts } from "./collect.ts";
import type { Context } from "./context.ts";
import { writeList } from "./directory.ts";
import { loadState, type LogState } from "./log-state.ts";
import {
  findPopulation,
  joinedName,
  latest,
  populationsOf,
  useOf,
  type PopulationRow,
  type PopulationState,
} from "./populations.ts";
import { itemLinesOf } from "./read-list.ts";

export type Reconciled = { readonly record: string; readonly body: ReconciliationBody };

/**
 * Compares two populations of one kind on a key, and records every item that one side alone holds. What was compared
 * already is given back as it was recorded, so that looking again does not set aside how its differences were resolved.
 */
export async function reconcile(
  ctx: Context,
  left: PopulationRow,
  right: PopulationRow,
  key: string,
): Promise<Reconciled> {
  const before = (await loadState(ctx))
    .rows("population.reconciled")
    .find((row) => isOf(row.body, left, right, key));
  if (before !== undefined) return { record: before.record, body: before.body };
  if (left.body.kind !== right.body.kind)
    throw new ProblemError({
      code: "reconcile-kinds",
      what: `${left.body.population} holds ${left.body.kind} items and ${right.body.population} ${right.body.kind} items`,
      next: "reconcile two populations of one kind",
    });
  refuseDependent(left, right);
  const reconciler = createReconciler(kindOf(left.body.kind), key);
  for (const line of itemLinesOf(ctx.blobs, left.body.items)) if ("item" in line) reconciler.left(line.item);
  for (const line of itemLinesOf(ctx.blobs, right.body.items))
    if ("item" in line) reconciler.right(line.item);
  const found = reconciler.finish();
  const body: ReconciliationBody = {
    reconciliation: newId(ctx.random, "rcn"),
    kind: left.body.kind,
    key,
    left: { population: left.body.population, record: left.record, count: left.body.items.count },
    right: { population: right.body.population, record: right.record, count: right.body.items.count },
    matched: found.matched,
    onlyLeft: writeList(ctx, found.onlyLeft),
    onlyRight: writeList(ctx, found.onlyRight),
    // One id may be ambiguous on both sides: its side keeps the entries apart.
    duplicates: writeList(
      ctx,
      found.duplicates.map((each) => ({ ...each, id: `${each.side} ${each.id}` })),
    ),
  };
  const record = makeRecord(ctx, "population.reconciled", left.body.population, body, {
    digests: [body.onlyLeft.digest, body.onlyRight.digest, body.duplicates.digest],
  });
  await ctx.store.transaction(ctx.organization, (tx) => tx.append(record));
  await publish(ctx);
  return { record: record.id, body };
}

function isOf(body: ReconciliationBody, left: PopulationRow, right: PopulationRow, key: string): boolean {
  return body.left.record === left.record && body.right.record === right.record && body.key === key;
}

/** A list that agrees with itself, or with what was made of it, shows nothing. */
function refuseDependent(left: PopulationRow, right: PopulationRow): void {
  const sources = (row: PopulationRow) => row.body.source.split(" + ");
  const shared = sources(left).find((source) => sources(right).includes(source));
  if (shared === undefined) return;
  throw new ProblemError({
    code: "reconcile-dependent",
    what: `${left.body.population} and ${right.body.population} both come from ${shared}`,
    why: "completeness is shown by a source that was filled independently; a list agrees with itself whatever it lacks",
    next: "name a population of another source: countersign population list",
  });
}

/** Reconciles and joins what the program plans, wherever a newer pull has made an earlier result stale. */
export async function preparePopulations(ctx: Context, program: Program): Promise<readonly Reconciled[]> {
  const done: Reconciled[] = [];
  const log = await loadState(ctx);
  const state = populationsOf(log);
  for (const kind of new Set(program.populations.map((plan) => plan.kind))) {
    const plan = planOf(program, kind);
    const base = plan === undefined ? undefined : latest(state, plan.from);
    if (plan === undefined || base === undefined) continue;
    for (const { source, key } of [...plan.join, ...plan.reconcile]) {
      const other = latest(state, source);
      if (other === undefined) continue;
      const known = state.reconciled.some((row) => isOf(row.body, base, other, key));
      if (!known) done.push(await reconcile(ctx, base, other, key));
    }
    if (plan.join.length > 0) await joinPopulation(ctx, log, plan, base);
  }
  return done;
}

async function joinPopulation(
  ctx: Context,
  log: LogState,
  plan: PopulationPlan,
  base: PopulationRow,
): Promise<void> {
  const state = populationsOf(log);
  const joins = plan.join.flatMap((join) => {
    const other = latest(state, join.source);
    return other === undefined ? [] : [{ ...join, other }];
  });
  if (joins.length === 0) return;
  const from = [base.record, ...joins.map((join) => join.other.record)];
  const before = latest(state, joinedName(plan.kind));
  if (before !== undefined && before.body.joinedFrom.join() === from.join()) return;

  const items = ctx.lists();
  const salts = new Salts(ctx);
  const startedAt = formatInstant(ctx.clock.now());
  try {
    const joiners = joins.map(({ other, key, unmatched }) => {
      const joiner = createJoin(kindOf(plan.kind), key, unmatched, {
        record: other.record,
        isComplete: other.body.extraction.state === "complete",
        covers: { start: epochOf(other.body.covers.start), end: epochOf(other.body.covers.end) },
      });
      for (const line of itemLinesOf(ctx.blobs, other.body.items)) joiner.add(line);
      return joiner;
    });
    for (const line of itemLinesOf(ctx.blobs, base.body.items)) {
      let joined: ItemLine = line;
      for (const joiner of joiners) {
        const filled = joiner.fill(joined, base.record);
        if (filled !== undefined) joined = { ...filled, salt: "" };
      }
      // An item that was erased from the base stays out of what is derived from it.
      if ("item" in joined) items.add(joined.item.id, sealLine(joined.item, salts.next(), joined.raw));
    }
    await keepPopulation(
      ctx,
      joinedName(plan.kind),
      {
        kind: plan.kind,
        source: [plan.from, ...joins.map((join) => join.source)].join(" + "),
        window: base.body.window,
        start: base.body.start,
        end: base.body.end,
        query: `every item of ${base.body.population}, with the facts of ${joins.map((join) => `${join.source} where ${join.key} is the same`).join(", ")}`,
        parameters: { join: plan.join as unknown as Json },
        collector: { name: "join", version: "1" },
        startedAt,
        finishedAt: formatInstant(ctx.clock.now()),
        pages: 0,
        rowsRead: base.body.items.count,
        extraction: base.body.extraction,
        covers: base.body.covers,
        // A fact that the base lacks and a joined source has is no longer lacked by the source as such.
        lacks: joins.reduce(
          (lacks, { other }) =>
            lacks.filter((lack) => other.body.lacks.some((theirs) => theirs.field === lack.field)),
          base.body.lacks,
        ),
        items: items.finish(),
        exclusions: writeList(ctx, []),
        raw: [],
        joinedFrom: from,
        cautions: [
          ...new Set([base, ...joins.map((join) => join.other)].flatMap((row) => row.body.cautions)),
        ],
      },
      undefined,
    );
    await publish(ctx);
  } catch (error) {
    items.discard();
    throw error;
  }
}

function kindOf(name: string): ItemKind {
  const kind = itemKindOf(name);
  if (kind === undefined) throw new Error(`no item kind ${name}`);
  return kind;
}

/** Every id that one side alone holds, or that a side holds twice. */
export function differencesOf(
  ctx: Context,
  body: ReconciliationBody,
): { id: string; key: string; side: string }[] {
  const read = (list: ListRef, side: string) =>
    [...itemLinesOf(ctx.blobs, list)].flatMap((line) =>
      "item" in line ? [{ id: line.item.id, key: String(line.item["key"] ?? ""), side }] : [],
    );
  return [
    ...read(body.onlyLeft, `only in ${body.left.population}`),
    ...read(body.onlyRight, `only in ${body.right.population}`),
    ...read(body.duplicates, "key held twice or not at all"),
  ];
}

export async function resolveDifferences(
  ctx: Context,
  resolution: RecordBodies["difference.resolved"],
): Promise<string> {
  const log = await loadState(ctx);
  const row = log.row("population.reconciled", resolution.reconciliation);
  if (row === undefined)
    throw new ProblemError({
      code: "unknown-reconciliation",
      what: `no reconciliation ${JSON.stringify(resolution.reconciliation)}`,
      next: "countersign population reconcile lists them",
    });
  const known = new Set(differencesOf(ctx, row.body).map((difference) => difference.id));
  const strange = resolution.ids.filter((id) => !known.has(id));
  if (strange.length > 0)
    throw new ProblemError({
      code: "not-a-difference",
      what: `${strange.join(", ")} is no difference of this reconciliation`,
      next: `countersign population reconcile ${row.body.left.population} ${row.body.right.population} shows the differences`,
    });
  const record = makeRecord(ctx, "difference.resolved", resolution.reconciliation, resolution);
  await ctx.store.transaction(ctx.organization, (tx) => tx.append(record));
  await publish(ctx);
  return record.id;
}

function reconcileCommand(state: PopulationState, row: PopulationRow, reconciliation: string): string {
  const body = state.reconciled.find((each) => each.record === reconciliation)?.body;
  return `countersign population reconcile ${body?.left.population ?? row.body.population} ${body?.right.population ?? "OTHER"}`;
}

/**
 * Declares a population's list final. Differences that nobody resolved block it, or follow it as a warning into every
 * result and the package.
 */
export async function freeze(
  ctx: Context,
  wanted: string,
  options: { readonly withWarning?: boolean } = {},
): Promise<{ readonly record: string; readonly body: RecordBodies["population.frozen"] }> {
  const state = populationsOf(await loadState(ctx));
  const row = findPopulation(state, wanted);
  const already = state.frozen.find((each) => each.body.record === row.record);
  if (already !== undefined) return { record: already.record, body: already.body };
  const use = useOf(state, row);
  const warnings: string[] = [];
  if (use.completeness.state === "differences") {
    const { unresolved } = use.completeness;
    const words = `${unresolved} ${unresolved === 1 ? "difference" : "differences"} with an independent source unresolved`;
    if (options.withWarning !== true)
      throw new ProblemError({
        code: "freeze-unreconciled",
        what: `${row.body.population} is not frozen: ${words}`,
        next: `${reconcileCommand(state, row, use.completeness.reconciliation)} names them and how to resolve each; or freeze with --with-warning, and the warning stands beside every result`,
      });
    warnings.push(`frozen with ${words}`);
  }
  if (use.completeness.state === "not-shown")
    warnings.push(`frozen with completeness not shown: ${use.completeness.reason}`);
  if (row.body.extraction.state !== "complete") warnings.push("frozen although the read was not complete");
  const body = {
    population: row.body.population,
    record: row.record,
    root: row.body.items.root,
    count: row.body.items.count,
    warnings,
  };
  const record = makeRecord(ctx, "population.frozen", row.body.population, body);
  await ctx.store.transaction(ctx.organization, (tx) => tx.append(record));
  await publish(ctx);
  return { record: record.id, body };
}
