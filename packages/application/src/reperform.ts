/**
 * The second verdict: do the results follow from the recorded evidence under the recorded rules? Everything is taken
 * from the package; nothing of the workspace that made it is needed.
 */
import { canonicalJson, epochOf, ProblemError } from "@countersign/kernel";
import type { Occurrence, Summary } from "@countersign/assessment";
import { equalHashes, leafOnly, lineLeaf, ListSealer } from "@countersign/ledger";
import type { RandomAccess } from "@countersign/package-format";
import type { Program } from "@countersign/program";
import type { ItemLine, PackagedLine } from "@countersign/records";
import { RULES_VERSION } from "@countersign/rules";
import { assessmentInput, assessmentRecords, kindsUsed, runAssessment } from "./assess.ts";
import { populationFor, populationsOf } from "./populations.ts";
import { openPackage, packaged, type OpenPackage } from "./read-package.ts";
import { compareDraws } from "./reperform-draws.ts";
import { checkCloses } from "./routine/check-closes.ts";

export type Difference = { readonly where: string; readonly recorded: string; readonly reperformed: string };

/** What could not be re-performed, because it is not in the package. None of it counts as agreeing. */
export type NotReperformed = {
  readonly erasedItems: number;
  readonly withheldItems: number;
  /** Recorded result lines of which only the leaf is here, and which no re-performed line has. */
  readonly results: number;
  readonly summary: boolean;
  /** Draws of which only those items were drawn again that are here. */
  readonly draws: number;
  /** Counts and roots of closes whose items are not all here. */
  readonly closes: number;
};

export type Reperformed = {
  /** Whatever could be re-performed is the same. */
  readonly agrees: boolean;
  readonly notReperformed: NotReperformed;
  readonly run: string;
  readonly results: number;
  readonly draws: number;
  /** Months that were closed, each count and root against the items. */
  readonly closes: number;
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
  const recorded = new RecordedResults(pack.lines(pack.index.results));
  const hidden = { erased: 0, withheld: 0 };
  /** Controls of which some item is not here: their counts cannot be compared. */
  const partly = new Set<string>();
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
      lines: () => assessable(pack.itemLines(packaged(pack, row.record).items), hidden),
    })),
    (line) => {
      sealer.add(line);
      results++;
      if (results % 50_000 === 0) say(`re-performed ${results} results`);
      if (recorded.takeSame(line)) return;
      const occurrence = occurrenceOf(line);
      if (occurrence?.id.startsWith("erased:") === true) {
        partly.add(occurrence.control);
        return;
      }
      const next = recorded.takeWhole();
      if (next === undefined) differ(`result ${results}`, "none", describe(line));
      else if (next !== line) differ(whereOf(line), describe(next), describe(line));
    },
  );
  for (let next = recorded.takeWhole(); next !== undefined; next = recorded.takeWhole())
    differ(whereOf(next), describe(next), "no such result");
  const sealed = sealer.finish();
  const isWhole = partly.size === 0 && recorded.leavesOnly === 0;
  if (sealed.root !== run.results.root && count === 0 && isWhole)
    differ("the results' root", run.results.root, sealed.root);
  const hasSummary = pack.index.summary.length > 0;
  if (hasSummary) compareSummaries(pack, summary, partly, differ);
  const { draws, partly: drawnInPart } = compareDraws(pack, differ);
  const { closes, unchecked } = checkCloses(
    pack.state().rows("month.closed"),
    (record) => {
      const population = pack.index.populations.find((each) => each.record === record);
      return population === undefined ? undefined : pack.lines(population.items);
    },
    differ,
  );
  return {
    agrees: count === 0,
    notReperformed: {
      erasedItems: hidden.erased,
      withheldItems: hidden.withheld,
      results: recorded.leavesOnly,
      summary: !hasSummary,
      draws: drawnInPart,
      closes: unchecked,
    },
    run: run.run,
    results,
    draws,
    closes,
    differences,
    differenceCount: count,
  };
}

/** To the assessor, what is withheld is as unknown as what is erased; here the two are told apart. */
function* assessable(
  lines: Iterable<PackagedLine>,
  hidden: { erased: number; withheld: number },
): Generator<ItemLine> {
  for (const line of lines) {
    if ("withheld" in line) {
      hidden.withheld++;
      yield { erased: line.withheld };
      continue;
    }
    if ("erased" in line) hidden.erased++;
    yield line;
  }
}

/** The recorded result lines in their order, whole or only by their leaf. */
class RecordedResults {
  readonly #lines: Iterator<string>;
  #next: IteratorResult<string>;
  /** Lines that were passed over, since only their leaf is here and it is nobody's. */
  leavesOnly = 0;

  constructor(lines: Iterable<string>) {
    this.#lines = lines[Symbol.iterator]();
    this.#next = this.#lines.next();
  }

  /** Takes the next line if it is that one, or the leaf of it. */
  takeSame(line: string): boolean {
    if (this.#next.done === true) return false;
    const bytes = Buffer.from(this.#next.value);
    const same =
      this.#next.value === line ||
      (leafOnly(bytes) !== undefined && equalHashes(lineLeaf(bytes), lineLeaf(Buffer.from(line))));
    if (same) this.#next = this.#lines.next();
    return same;
  }

  /** The next line that is whole; undefined at the end. */
  takeWhole(): string | undefined {
    for (; this.#next.done !== true; this.#next = this.#lines.next()) {
      const line = this.#next.value;
      if (leafOnly(Buffer.from(line)) === undefined) {
        this.#next = this.#lines.next();
        return line;
      }
      this.leavesOnly++;
    }
    return undefined;
  }
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
  partly: ReadonlySet<string>,
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
    if (partly.has(control.id)) continue;
    const theirs = recorded.controls.find((each) => each.id === control.id);
    if (canonicalJson(theirs ?? null) !== canonicalJson(control))
      differ(
        `summary of ${control.id}`,
        canonicalJson(theirs?.counts ?? null),
        canonicalJson(control.counts),
      );
  }
  const ids = (list: Summary) =>
    list.deviations.flatMap((each) => (partly.has(each.control) ? [] : [each.id])).join(" ");
  if (ids(recorded) !== ids(summary))
    differ("deviations", `${recorded.deviations.length}`, `${summary.deviations.length}`);
  else if (partly.size === 0)
    differ("summary", "other text", "the same controls and deviations, another text");
}
