/**
 * The second verdict: do the results follow from the recorded evidence under the recorded rules? Everything is taken
 * from the package; nothing of the workspace that made it is needed.
 */
import { canonicalJson, epochOf, ProblemError } from "@countersign/kernel";
import type { Occurrence, Summary } from "@countersign/assessment";
import { ListSealer } from "@countersign/ledger";
import type { RandomAccess } from "@countersign/package-format";
import type { Program } from "@countersign/program";
import { RULES_VERSION } from "@countersign/rules";
import { assessmentInput, assessmentRecords, kindsUsed, runAssessment } from "./assess.ts";
import { populationFor, populationsOf } from "./populations.ts";
import { openPackage, packaged, type OpenPackage } from "./read-package.ts";
import { compareDraws } from "./reperform-draws.ts";

export type Difference = { readonly where: string; readonly recorded: string; readonly reperformed: string };

export type Reperformed = {
  readonly agrees: boolean;
  readonly run: string;
  readonly results: number;
  readonly draws: number;
  /** The first hundred. */
  readonly differences: readonly Difference[];
  readonly differenceCount: number;
};

const SHOWN_MAX = 100;

export function reperform(source: RandomAccess, name: string, say: (line: string) => void): Reperformed {
  const pack = openPackage(source, name);
  const run = runOf(pack);
  if (run.rules !== RULES_VERSION)
    throw new ProblemError({
      code: "rules-version",
      what: `the package was assessed with rules ${run.rules}, and this program has ${RULES_VERSION}`,
      next: "re-perform with the version of countersign that the package names in its start page",
    });
  const differences: Difference[] = [];
  let count = 0;
  const differ = (where: string, recorded: string, reperformed: string): void => {
    count++;
    if (differences.length < SHOWN_MAX) differences.push({ where, recorded, reperformed });
  };

  const log = pack.state(run.throughIndex + 1);
  const program = JSON.parse(
    Buffer.concat(pack.index.program.map((path) => pack.bytes(path))).toString("utf8"),
  ) as Program;
  const state = populationsOf(log);
  const rows = kindsUsed(program).flatMap((kind) => populationFor(program, state, kind) ?? []);
  const programRow = log.row("program.recorded", "program");
  const recorded = pack.lines(pack.index.results)[Symbol.iterator]();
  const sealer = new ListSealer();
  let results = 0;
  const summary = runAssessment(
    assessmentInput(
      program,
      programRow?.body.warnings ?? [],
      rows,
      state,
      assessmentRecords(log, program, state),
      run.mode,
      epochOf(run.asOf),
    ),
    rows.map((row) => ({
      record: row.record,
      lines: () => pack.itemLines(packaged(pack, row.record).items),
    })),
    (line) => {
      sealer.add(line);
      results++;
      if (results % 50_000 === 0) say(`re-performed ${results} results`);
      const next = recorded.next();
      if (next.done === true) differ(`result ${results}`, "none", describe(line));
      else if (next.value !== line) differ(whereOf(line), describe(next.value), describe(line));
    },
  );
  for (let next = recorded.next(); next.done !== true; next = recorded.next())
    differ(whereOf(next.value), describe(next.value), "no such result");
  const sealed = sealer.finish();
  if (sealed.root !== run.results.root && count === 0)
    differ("the results' root", run.results.root, sealed.root);
  compareSummaries(pack, summary, differ);
  const draws = compareDraws(pack, differ);
  return {
    agrees: count === 0,
    run: run.run,
    results,
    draws,
    differences,
    differenceCount: count,
  };
}

function runOf(pack: OpenPackage) {
  const row = pack
    .state()
    .rows("assessment.run")
    .find((each) => each.record === pack.index.run);
  if (row === undefined)
    throw new ProblemError({
      code: "package-run",
      what: `the package shows the run ${pack.index.run}, and its ledger has no such record`,
      next: "countersign verify names what is wrong with the package",
    });
  return row.body;
}

function occurrenceOf(line: string): Occurrence | undefined {
  try {
    return (JSON.parse(line) as { item: Occurrence }).item;
  } catch {
    return undefined;
  }
}

function whereOf(line: string): string {
  const occurrence = occurrenceOf(line);
  return occurrence === undefined
    ? "a result line"
    : `${occurrence.control} ${occurrence.activity} ${occurrence.id}`;
}

function describe(line: string): string {
  const occurrence = occurrenceOf(line);
  if (occurrence === undefined) return line.slice(0, 120);
  const attributes = occurrence.attributes.map((result) => result.state).join(", ");
  return `${occurrence.id}: ${occurrence.state}${attributes === "" ? "" : ` (${attributes})`}`;
}

function compareSummaries(
  pack: OpenPackage,
  summary: Summary,
  differ: (where: string, recorded: string, reperformed: string) => void,
): void {
  const text = Buffer.concat(pack.index.summary.map((path) => pack.bytes(path))).toString("utf8");
  if (text === canonicalJson(summary)) return;
  let recorded: Summary;
  try {
    recorded = JSON.parse(text) as Summary;
  } catch {
    differ("summary", "not JSON", "a summary");
    return;
  }
  for (const control of summary.controls) {
    const theirs = recorded.controls.find((each) => each.id === control.id);
    if (canonicalJson(theirs ?? null) !== canonicalJson(control))
      differ(
        `summary of ${control.id}`,
        canonicalJson(theirs?.counts ?? null),
        canonicalJson(control.counts),
      );
  }
  const ids = (list: Summary) => list.deviations.map((deviation) => deviation.id).join(" ");
  if (ids(recorded) !== ids(summary))
    differ("deviations", `${recorded.deviations.length}`, `${summary.deviations.length}`);
  else differ("summary", "other text", "the same controls and deviations, another text");
}
