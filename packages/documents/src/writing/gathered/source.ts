/** From what is recorded to the facts that documents cite. One gathering serves every document of one day. */
import {
  localDateAt,
  epochOf,
  type Digest,
  type Instant,
  type LocalDate,
  type TimeZone,
} from "@countersign/kernel";
import { noSystem, type Collection, type Criterion, type Program } from "@countersign/program";
import type { PersonId } from "@countersign/records";
import type { Summary } from "@countersign/assessment";
import { factId, factsOf, unassigned, type Fact, type Facts } from "../facts.ts";
import { frontFacts } from "../front.ts";
import { assessmentFacts } from "./assessment-facts.ts";
import { choiceFacts } from "./choices.ts";
import { controlFacts } from "./control-facts.ts";
import { criteriaFacts } from "./criteria-facts.ts";
import { pictureFacts } from "./picture-facts.ts";
import { systemFacts } from "./system-facts.ts";

export const lastReportDate = factId("document", "last-report", "date");

export type Gathered = {
  readonly program: Program;
  /** Of the catalog that the program takes; those of its categories are cited. */
  readonly criteria: readonly Criterion[];
  /** Those whom the directory still names. */
  readonly names: ReadonlyMap<PersonId, string>;
  /** Last days of those who have left, where they are known. */
  readonly left?: ReadonlyMap<PersonId, LocalDate>;
  readonly digest: Digest;
  /** After it nothing has happened yet. */
  readonly asOf: Instant;
  /** Absent where nothing is published yet. */
  readonly checkpoint?: { readonly origin: string; readonly size: number; readonly root: string };
  readonly type: "type-1" | "type-2";
  /** Over the window, at the as-of time. */
  readonly assessment?: Summary;
};

/** What is recorded, without what a document asks for itself. */
export type DocumentInput = Omit<Gathered, "type" | "none">;

/** What every document is written from. */
export type Source = {
  readonly facts: Facts;
  readonly sampleData: boolean;
  readonly asOf: Instant;
  readonly program: Digest;
};

/** What the gathering of each part needs. */
export type Context = Gathered & {
  readonly system: NonNullable<Program["system"]>;
  /** Collections of which the company says that they are empty. Any other empty one is one that nobody has filled. */
  readonly none: ReadonlySet<Collection>;
  /** The as-of day in the program's zone. */
  readonly day: LocalDate;
  /** The part of the window that is over, or its first day where it has not begun. */
  readonly period: { readonly from: LocalDate; readonly through: LocalDate };
};

export function gather(gathered: Gathered): Source {
  const { program, asOf } = gathered;
  const day = localDateAt(program.window.zone as TimeZone, epochOf(asOf));
  const { from, through } = program.window;
  const end = day < through ? day : through;
  const context: Context = {
    ...gathered,
    system: program.system ?? noSystem,
    none: new Set(program.none),
    day,
    period: { from, through: end < from ? from : end },
  };
  return {
    facts: factsOf([
      ...frontOf(context),
      ...systemFacts(context),
      ...choiceFacts(context),
      ...pictureFacts(context),
      ...criteriaFacts(context),
      ...controlFacts(context),
      ...assessmentFacts(context),
    ]),
    sampleData: program.sampleData,
    asOf,
    program: gathered.digest,
  };
}

function frontOf({ program, asOf, digest, checkpoint, type, day }: Context): readonly Fact[] {
  const fact = (id: Fact["id"], what: string, value: Fact["value"]): Fact => ({
    id,
    what,
    owner: unassigned,
    value,
  });
  return [
    fact(frontFacts.organization, "the organization's name", program.organization.name),
    fact(frontFacts.from, "the window's first day", program.window.from),
    fact(frontFacts.through, "the window's last day", program.window.through),
    fact(frontFacts.zone, "the window's time zone", program.window.zone),
    fact(frontFacts.asOf, "the time as of which it speaks", asOf),
    fact(frontFacts.program, "the program's digest", digest),
    fact(frontFacts.origin, "the log's name", checkpoint?.origin),
    fact(frontFacts.size, "the size of a checkpoint", checkpoint?.size),
    fact(frontFacts.root, "the root of a checkpoint", checkpoint?.root),
    fact(factId("document", "type"), "the type of the report", type),
    // Nothing records it yet.
    fact(lastReportDate, "the date of the auditor's report", undefined),
    fact(factId("document", "day"), "the day as of which it speaks", day),
  ];
}
