/** The calendar: what is due, by which day, whose it is and what does it; what is overdue comes first. */
import {
  compareText,
  addDays,
  addMonths,
  localDateAt,
  epochOf,
  type LocalDate,
  type TimeZone,
} from "@countersign/kernel";
import type { ControlVersion, Person, Program } from "@countersign/program";
import type { RecordBodies } from "@countersign/records";
import type { Occurrence } from "../model.ts";
import type { Forgetting } from "../readiness/model.ts";
import { dueOfProgram, type Due } from "./due.ts";
import type { Month } from "./months.ts";

export type CalendarEntry = Due & { readonly overdue: boolean };

export type Calendar = {
  readonly today: LocalDate;
  readonly from: LocalDate;
  readonly through: LocalDate;
  /** What is overdue, then what is due from `from` through `through`; each in the order of days. */
  readonly entries: readonly CalendarEntry[];
};

export type CalendarInput = {
  readonly program: Program;
  readonly people: readonly Person[];
  readonly today: LocalDate;
  readonly from: LocalDate;
  readonly through: LocalDate;
  /** Of periodic activities, as the assessor gives them. Others are passed over. */
  readonly occurrences: readonly Occurrence[];
  /** Months of the window that are not closed. */
  readonly openMonths: readonly Month[];
  /** From readiness. */
  readonly forgetting: readonly Forgetting[];
  /** Everybody who gets a checkpoint each month; and those who have this month's. */
  readonly anchors: { readonly targets: readonly string[]; readonly done: readonly string[] };
  readonly exceptions: readonly RecordBodies["exception.approved"][];
  /** What management said of deviations, the newest of each. */
  readonly responses: readonly RecordBodies["deviation.responded"][];
};

/** The same facts on the same day give the same entries in the same order. */
export function calendarOf(input: CalendarInput): Calendar {
  const { today, from, through } = input;
  const due: readonly Due[] = [
    ...periodic(input),
    ...months(input),
    ...forgetting(input),
    ...anchors(input),
    ...exceptions(input),
    ...actions(input),
    ...dueOfProgram(input.program, input.people, today),
  ];
  const entries = due
    .map((each) => ({ ...each, overdue: each.on < today || each.neverDone === true }))
    .filter(({ on, overdue }) => overdue || (on >= from && on <= through))
    .sort(
      (a, b) => Number(b.overdue) - Number(a.overdue) || compareText(a.on, b.on) || compareText(a.id, b.id),
    );
  return { today, from, through, entries };
}

/** Who answers for the control on the day: the version that is in force then. */
function ownerOf(
  controls: readonly ControlVersion[],
  id: string,
  day: LocalDate,
): Pick<Due, "owner" | "ownerRole"> {
  const version = controls.find(
    (control) =>
      control.id === id &&
      (control.effectiveFrom === undefined || control.effectiveFrom <= day) &&
      (control.effectiveThrough === undefined || day <= control.effectiveThrough),
  );
  if (version === undefined) return {};
  return { ownerRole: version.ownerRole, ...(version.owner !== undefined && { owner: version.owner }) };
}

function periodic({ program, occurrences, today }: CalendarInput): readonly Due[] {
  const zone = program.window.zone as TimeZone;
  return occurrences.flatMap(({ control, activity, id, due, state }): readonly Due[] => {
    if (due === undefined || (state !== "not-due" && state !== "missed")) return [];
    const on = localDateAt(zone, epochOf(due));
    const said = program.controls.find((each) => each.id === control)?.activities;
    const title = said?.find((each) => each.id === activity)?.title ?? activity;
    return [
      {
        id: `periodic/${control}/${activity}/${id}`,
        on,
        what: `${control} ${title}, ${id}${on < today ? ": missed; late evidence shows as late" : ""}`,
        next: `countersign evidence add FILE --control ${control} --activity ${activity} --occurrence ${id}`,
        ...ownerOf(program.controls, control, on),
      },
    ];
  });
}

function months({ openMonths }: CalendarInput): readonly Due[] {
  return openMonths.map(({ id, through }) => ({
    id: `close/${id}`,
    on: addDays(through, CLOSE_DAYS),
    what: `close ${id}`,
    next: `countersign close ${id}`,
    ground: `within ${CLOSE_DAYS} days of the month's end (our judgement: while people remember; no standard sets it)`,
  }));
}

/** After so many days a month that is not closed is overdue here. */
const CLOSE_DAYS = 10;

function forgetting({ forgetting: sources }: CalendarInput): readonly Due[] {
  return sources.map(({ source, keepsDays, unreadFrom, lostOn, lostAlready }) => ({
    id: `read/${source}`,
    on: addDays(lostOn, -1),
    what: lostAlready
      ? `read ${source}: it has forgotten ${unreadFrom}, and forgets another day every day`
      : `read ${source}: it keeps ${keepsDays} days, and nobody has read ${unreadFrom}`,
    next: `countersign collect ${source}`,
  }));
}

/** This month's, for those who have none yet; each later month's for all. */
function anchors({ anchors: { targets, done }, today, through }: CalendarInput): readonly Due[] {
  const found: Due[] = [];
  for (let first = `${today.slice(0, 7)}-01` as LocalDate; first <= through; first = addMonths(first, 1)) {
    const month = first.slice(0, 7);
    const open = month === today.slice(0, 7) ? targets.filter((each) => !done.includes(each)) : targets;
    if (open.length === 0) continue;
    found.push({
      id: `anchor/${month}`,
      on: addDays(addMonths(first, 1), -1),
      what: `give ${month}'s checkpoint to ${open.join(", ")}`,
      next: "countersign anchor create",
      ground: "once a month (our judgement: what lies between two checkpoints outside can be rewritten)",
    });
  }
  return found;
}

function exceptions({ exceptions: approved, program, today }: CalendarInput): readonly Due[] {
  return approved
    .filter(({ until }) => until >= today)
    .map(({ exception, control, attribute, until }) => ({
      id: `exception/${exception}`,
      on: until,
      what: `the exception from ${control}${attribute === undefined ? "" : ` ${attribute}`} ends: do as the control says, or approve another`,
      next: `countersign exception approve --control ${control}`,
      ...ownerOf(program.controls, control, until),
    }));
}

/** What was promised after a deviation, until somebody says how it was tested again. */
function actions({ responses }: CalendarInput): readonly Due[] {
  return responses.flatMap(({ deviation, due, retest, correctiveAction, owner }) =>
    due === undefined || retest !== undefined
      ? []
      : [
          {
            id: `action/${deviation}`,
            on: due,
            what: `what was promised after the deviation ${deviation}${correctiveAction === undefined ? "" : `: ${correctiveAction}`}`,
            next: `countersign deviation respond ${deviation} --retest WORDS`,
            ...(owner !== undefined && { owner }),
          },
        ],
  );
}
