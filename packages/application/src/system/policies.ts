/** Policies of a day and who acknowledged them, from the recorded program and every list of duties that counts. */
import { epochOf, type LocalDate, type TimeZone } from "@countersign/kernel";
import { policiesOnDay, type Duty, type PoliciesOnDay, type Worker } from "@countersign/assessment";
import { planOf } from "@countersign/program";
import type { Context } from "../context.ts";
import type { LogState } from "../log-state.ts";
import { joinedName, type PopulationRow } from "../populations.ts";
import { recordedProgram } from "../program.ts";
import { itemLinesOf } from "../read-list.ts";
import type { Answered } from "./questions.ts";

const KIND = "acknowledgement";

export type PoliciesNow = Answered &
  PoliciesOnDay & {
    readonly day: LocalDate;
    /** Lists that the answer rests on, in the order in which they were recorded. */
    readonly lists: readonly {
      readonly population: string;
      readonly record: string;
      readonly readAt: string;
      readonly extraction: "complete" | "partial" | "failed";
    }[];
    /** Items that were erased: whose duty they were is not known any more. */
    readonly erased: number;
  };

/** @param workers persons of people.yaml; bots are passed over by the caller */
export function policiesNow(
  ctx: Pick<Context, "blobs">,
  log: LogState,
  workers: readonly Worker[],
  day: LocalDate,
): PoliciesNow {
  const { program, row } = recordedProgram(ctx, log);
  const plan = planOf(program, KIND);
  const wanted = plan && (plan.join.length > 0 ? joinedName(KIND) : plan.from);
  const rows = newestOfEachTime(
    log
      .rows("population.collected")
      .filter(({ body }) =>
        wanted === undefined
          ? body.kind === KIND && body.joinedFrom.length === 0
          : body.kind === KIND && body.population === wanted,
      ),
  );
  const duties: Duty[] = [];
  let erased = 0;
  for (const { record, body } of rows)
    for (const line of itemLinesOf(ctx.blobs, body.items))
      if ("item" in line)
        // Items were checked against their kind when they were recorded.
        duties.push({ ...line.item, record, readAt: body.startedAt } as unknown as Duty);
      else erased += 1;
  return {
    programRecord: row.record,
    recordedAt: row.recordedAt,
    day,
    ...policiesOnDay({
      policies: program.system?.policies ?? [],
      workers,
      ...(rows.length > 0 && { duties }),
      isWhole: erased === 0 && rows.every(({ body }) => body.extraction.state === "complete"),
      day,
      zone: program.window.zone as TimeZone,
    }),
    lists: rows.map(({ record, body }) => ({
      population: body.population,
      record,
      readAt: body.startedAt,
      extraction: body.extraction.state,
    })),
    erased,
  };
}

/** A list takes the place of an earlier one of its population whose time it covers; of other times both count. */
function newestOfEachTime(rows: readonly PopulationRow[]): readonly PopulationRow[] {
  return rows.filter(
    ({ body }, index) =>
      !rows
        .slice(index + 1)
        .some(
          ({ body: later }) =>
            later.population === body.population &&
            epochOf(later.start) <= epochOf(body.start) &&
            epochOf(later.end) >= epochOf(body.end),
        ),
  );
}
