/** Which months of the window are closed, which are due, and which one is next. */
import { ProblemError, type EpochMs } from "@countersign/kernel";
import { endOfMonth, monthsOf, type Month } from "@countersign/assessment";
import type { Program } from "@countersign/program";
import type { StateRow } from "@countersign/records";

export type CloseRow = StateRow<"month.closed">;

export type MonthState = {
  readonly month: Month;
  /** `due`: it is over and not closed; `running`: it is not over. */
  readonly state: "closed" | "due" | "running";
  /** The newest close. */
  readonly close?: CloseRow;
  /** Every close of it, the oldest first. */
  readonly closes: readonly CloseRow[];
};

/**
 * The months of the window in order. A close of other days (the window was another one then) is none of these months'.
 * @param rows every close that is recorded
 */
export function monthStates(
  rows: readonly CloseRow[],
  window: Program["window"],
  now: EpochMs,
): readonly MonthState[] {
  return monthsOf(window).map((month) => {
    const closes = rows.filter(
      ({ body }) =>
        body.month === month.id &&
        body.from === month.from &&
        body.through === month.through &&
        body.window.zone === window.zone,
    );
    const close = closes.at(-1);
    if (close !== undefined) return { month, state: "closed", close, closes };
    return { month, state: now >= endOfMonth(month, window.zone) ? "due" : "running", closes };
  });
}

/** The months in a few words: "10 of 12 closed, due: 2026-05". */
export function monthWords(states: readonly MonthState[]): string {
  const closed = states.filter(({ state }) => state === "closed").length;
  const due = states.filter(({ state }) => state === "due").map(({ month }) => month.id);
  return `${closed} of ${states.length} months closed${due.length > 0 ? `, due: ${due.join(", ")}` : ""}`;
}

export type CloseRequest = {
  /** "2026-05"; absent: the oldest that is due. */
  readonly month?: string;
  /** Why a month is closed that was closed before. */
  readonly again?: string;
};

export type ChosenMonth = {
  readonly month: Month;
  readonly states: readonly MonthState[];
  readonly again?: { readonly close: string; readonly reason: string };
};

/** @throws ProblemError for a month that is not in the window, not over, closed already, or that comes before its turn. */
export function chooseMonth(states: readonly MonthState[], request: CloseRequest): ChosenMonth {
  const due = states.filter(({ state }) => state === "due");
  const wanted = request.month;
  const chosen = wanted === undefined ? due[0] : states.find(({ month }) => month.id === wanted);
  if (chosen === undefined) throw noMonth(states, wanted);
  const { id } = chosen.month;
  if (chosen.state === "running")
    throw new ProblemError({
      code: "close-not-over",
      what: `${id} is not closed: it is not over`,
      why: `its last day is ${chosen.month.through}`,
      next: `close it on the day after, or later: countersign close ${id}`,
    });
  const first = due[0];
  if (first !== undefined && first.month.from < chosen.month.from)
    throw new ProblemError({
      code: "close-order",
      what: `${id} is not closed: ${first.month.id} comes before it and is not closed`,
      why: "a close looks back at the months that were closed before it",
      next: `countersign close ${first.month.id}`,
    });
  if (chosen.close === undefined) {
    if (request.again !== undefined)
      throw new ProblemError({
        code: "close-again",
        what: `--again: ${id} was not closed before`,
        next: `countersign close ${id}`,
      });
    return { month: chosen.month, states };
  }
  if (request.again === undefined)
    throw new ProblemError({
      code: "close-twice",
      what: `${id} is closed already`,
      where: `record ${chosen.close.record}, ${chosen.close.recordedAt}`,
      why: "a close is never changed; what changed since shows in the close of a later month",
      next: `countersign close show ${id}; or countersign close ${id} --again --reason WORDS, and both closes stay`,
    });
  return {
    month: chosen.month,
    states,
    again: { close: chosen.close.body.close, reason: request.again },
  };
}

function noMonth(states: readonly MonthState[], wanted: string | undefined): ProblemError {
  if (wanted !== undefined)
    return new ProblemError({
      code: "close-unknown-month",
      what: `the window has no month ${JSON.stringify(wanted)}`,
      why: `it has ${states.map(({ month }) => month.id).join(", ")}`,
      next: "countersign close list",
    });
  const running = states.find(({ state }) => state === "running");
  return new ProblemError({
    code: "close-nothing-due",
    what: "no month is due to be closed",
    why:
      running === undefined
        ? "every month of the window is closed"
        : `${running.month.id} runs through ${running.month.through}, and those before it are closed`,
    next:
      running === undefined
        ? "countersign close list"
        : `countersign close ${running.month.id} on the day after, or later`,
  });
}
