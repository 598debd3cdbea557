/** The invented company: its files written once, and what its people did recorded through the same use cases as real evidence. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { epochOf, parsePeriod, type EpochMs, type JsonObject, type LocalDate } from "@countersign/kernel";
import {
  addEvidence,
  approveException,
  assess,
  differencesOf,
  loadState,
  markNotApplicable,
  personIdOf,
  loadDirectoryKey,
  resolveDifferences,
  respond,
  type NewEvidence,
} from "@countersign/application";
import { deviationId } from "@countersign/assessment";
import { catalogLock, schemaFiles } from "@countersign/program";
import type { PersonId } from "@countersign/records";
import { generateSample, writeSample, type SampleCompany, type SamplePerformance } from "@countersign/sample";
import { homeAt, type Home } from "../home.ts";
import { startSampleClock } from "../sample-clock.ts";
import { loadCatalog, type Session } from "../session.ts";
import type { Shell } from "./shared.ts";

const SEED = 7;
const HOUR = 3_600_000;

let made: SampleCompany | undefined;

/** Made once: it takes a second, and is the same each time. */
function sample(): SampleCompany {
  if (made !== undefined) return made;
  const period = parsePeriod("2025-07-01", "2026-06-30", "America/New_York");
  if (!period.ok) throw new Error(period.error);
  const { from, through, zone } = period.value;
  return (made = generateSample({ seed: SEED, from, through, zone }));
}

/** Writes the company below `runs/sample` where it is not there yet. */
export async function sampleHome(shell: Shell, workspace: string | undefined): Promise<Home> {
  const home = homeAt(workspace ?? join(shell.cwd, "runs", "sample"));
  if (existsSync(join(home.program, "catalog.lock"))) return home;
  shell.output.progress("writing the sample company");
  const company = sample();
  await writeSample(company, home.root);
  for (const file of schemaFiles()) {
    mkdirSync(join(home.program, file.path, ".."), { recursive: true });
    writeFileSync(join(home.program, file.path), file.text);
  }
  startSampleClock(
    home,
    epochOf(company.evidence.performances[0]?.performed.at ?? company.asOf) - 30 * 24 * HOUR,
  );
  // Written last: a folder without it was not finished.
  writeFileSync(join(home.program, "catalog.lock"), catalogLock(loadCatalog()));
  return home;
}

/**
 * Adds the evidence that the company's people kept over its year, once, each an hour after it came about.
 * @param through only what was recorded by then; what is there already is not added again
 */
export async function addSampleEvidence(session: Session, through?: EpochMs): Promise<void> {
  const { ctx, sampleClock } = session;
  const there = (await loadState(ctx)).rows("evidence.added").length;
  if (sampleClock === undefined || (through === undefined && there > 0)) return;
  const company = sample();
  const key = await loadDirectoryKey(ctx);
  const person = (handle: string): PersonId => personIdOf(key, `handle:${handle}`);
  const performances = [...company.evidence.performances].sort((a, b) => recordedAt(a) - recordedAt(b));
  for (const performance of performances.slice(there)) {
    if (through !== undefined && recordedAt(performance) > through) return;
    sampleClock.advanceTo(recordedAt(performance));
    await addEvidence(ctx, session.loaded.program, evidenceOf(session, performance, person));
  }
  if (through === undefined) sampleClock.advanceTo(epochOf(company.asOf) - 2 * HOUR);
}

/** Adds what they decided about it, once; afterwards the sample's clock stands at the time it is best assessed. */
export async function addSampleDecisions(session: Session): Promise<void> {
  const { ctx, sampleClock } = session;
  if (sampleClock === undefined || (await loadState(ctx)).rows("deviation.responded").length > 0) return;
  const company = sample();
  const key = await loadDirectoryKey(ctx);
  await addActs(ctx, company, (handle) => personIdOf(key, `handle:${handle}`));
  sampleClock.advanceTo(epochOf(company.asOf));
}

function recordedAt(performance: SamplePerformance): number {
  return epochOf(performance.performed.at) + HOUR;
}

function evidenceOf(
  session: Session,
  performance: SamplePerformance,
  person: (handle: string) => PersonId,
): NewEvidence {
  const { facts } = performance;
  const named: JsonObject = Object.fromEntries(
    Object.entries(facts).map(([name, value]) => {
      if (name === "reviewedBy" && typeof value === "string") return [name, person(value)];
      if (name === "attendees" && Array.isArray(value))
        return [name, value.map((each) => person(String(each)))];
      return [name, value];
    }),
  );
  return {
    control: performance.control,
    activity: performance.activity,
    occurrence: performance.occurrence,
    performed: performance.performed,
    performedBy: person(performance.performedBy),
    facts: named,
    files: performance.files.map((path) => ({
      name: basename(path),
      mediaType: path.endsWith(".csv") ? "text/csv" : "text/plain",
      bytes: readFileSync(join(session.home.root, path)),
    })),
  };
}

async function addActs(
  ctx: Session["ctx"],
  company: SampleCompany,
  person: (handle: string) => PersonId,
): Promise<void> {
  const { acts } = company;
  for (const act of acts.notApplicable)
    await markNotApplicable(ctx, { ...act, approver: person(act.approver) });
  for (const act of acts.exceptions)
    await approveException(ctx, { ...act, until: act.until as LocalDate, approver: person(act.approver) });
  const reconciled = (await loadState(ctx)).rows("population.reconciled");
  for (const act of acts.resolutions) {
    const row = reconciled.find(
      (each) =>
        each.body.kind === act.kind &&
        (each.body.right.population === act.source || each.body.left.population === act.source),
    );
    if (row === undefined) continue;
    const known = new Set(differencesOf(ctx, row.body).map((difference) => difference.id));
    const ids = act.items.filter((id) => known.has(id));
    if (ids.length > 0)
      await resolveDifferences(ctx, {
        reconciliation: row.body.reconciliation,
        ids,
        resolution: act.resolution,
        reason: act.reason,
        person: person(act.person),
      });
  }
  // Management answers what an assessment found: so there is one before the answers, and one after.
  await assess(ctx);
  for (const { item, activity, attribute, control, ...act } of acts.responses)
    await respond(ctx, {
      ...act,
      deviation: deviationId({ control, activity, attribute, occurrence: item }),
      owner: person(act.owner),
      due: act.due,
      person: person(act.person),
    });
}
