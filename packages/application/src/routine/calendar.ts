/** The calendar from what is recorded at this moment, and from the program as its folder has it. */
import { localDateAt, type EpochMs, type LocalDate, type TimeZone } from "@countersign/kernel";
import {
  calendarOf,
  createAssessor,
  forgettingOf,
  type Calendar,
  type CalendarInput,
  type Occurrence,
} from "@countersign/assessment";
import type { Anchors, Person, Program } from "@countersign/program";
import { dueAnchors, periodAt, targetsOf } from "../anchors/due.ts";
import { assessmentInput, assessmentRecords } from "../assess.ts";
import type { LogState } from "../log-state.ts";
import { populationsOf } from "../populations.ts";
import { readThroughOf } from "../system/readiness.ts";
import { monthStates } from "./closes.ts";

/** @param days which to show; what is overdue is shown whatever they are */
export function calendarNow(
  log: LogState,
  program: Program,
  people: readonly Person[],
  anchors: Anchors,
  now: EpochMs,
  days: { readonly from: LocalDate; readonly through: LocalDate },
): Calendar {
  const zone = program.window.zone as TimeZone;
  const today = localDateAt(zone, now);
  const targets = targetsOf(anchors).map(({ target }) => target);
  const open = new Set(dueAnchors(log, anchors, periodAt(zone, now)).map(({ target }) => target));
  // The newest row of each: a later response to a deviation speaks for it.
  const responses = new Map(log.rows("deviation.responded").map(({ body }) => [body.deviation, body]));
  const input: CalendarInput = {
    program,
    people,
    today,
    ...days,
    occurrences: periodicNow(log, program, now),
    openMonths: monthStates(log.rows("month.closed"), program.window, now).flatMap(({ month, state }) =>
      state === "closed" ? [] : [month],
    ),
    forgetting: forgettingOf(program, readThroughOf(log, zone), today),
    anchors: { targets, done: targets.filter((target) => !open.has(target)) },
    exceptions: log.rows("exception.approved").map(({ body }) => body),
    responses: [...responses.values()],
  };
  return calendarOf(input);
}

/** What the assessor says of periodic activities: their due days and states follow from one rule, here as there. */
function periodicNow(log: LogState, program: Program, now: EpochMs): readonly Occurrence[] {
  const state = populationsOf(log);
  const records = assessmentRecords(log, program, state);
  const { occurrences } = createAssessor(
    assessmentInput(program, [], [], state, records, "window", now),
  ).finish();
  return occurrences.filter(({ due }) => due !== undefined);
}
