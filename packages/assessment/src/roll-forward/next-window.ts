/** The window after a window: it begins on the day after the last one, so that no day is in none and none in both. */
import { addDays, addMonths, err, ok, parseLocalDate, type Problem, type Result } from "@countersign/kernel";
import type { WindowBody } from "@countersign/records";

/** Ten years: no window is longer. */
const MONTHS_MAX = 120;

/** @returns how many whole months a window has; undefined where it has none */
export function wholeMonthsOf({ from, through }: Pick<WindowBody, "from" | "through">): number | undefined {
  const end = addDays(through, 1);
  for (let months = 1; months <= MONTHS_MAX; months++) {
    const then = addMonths(from, months);
    if (then === end) return months;
    if (then > end) return undefined;
  }
  return undefined;
}

/** @param through the next one's last day; absent: it has as many months as this one */
export function nextWindow(previous: WindowBody, through?: string): Result<WindowBody, Problem> {
  const from = addDays(previous.through, 1);
  const { zone } = previous;
  const example = `countersign roll-forward --through ${addDays(addMonths(from, 12), -1)} --person PERSON`;
  if (through === undefined) {
    const months = wholeMonthsOf(previous);
    if (months !== undefined) return ok({ from, through: addDays(addMonths(from, months), -1), zone });
    return err({
      code: "roll-forward-length",
      what: "the last day of the next window must be said",
      where: `the window ${previous.from} through ${previous.through}`,
      why: "it is no whole number of months, so that no length follows from it",
      next: example,
    });
  }
  const date = parseLocalDate(through);
  if (date.ok && date.value >= from) return ok({ from, through: date.value, zone });
  return err({
    code: "roll-forward-length",
    what: date.ok ? `the next window would end before it begins, on ${from}` : `--through: ${date.error}`,
    where: `--through ${JSON.stringify(through)}`,
    next: example,
  });
}

/** Why a window that somebody wrote is not the one after another; undefined where it is. */
export function whyNotNext(previous: WindowBody, written: WindowBody): Problem | undefined {
  const from = addDays(previous.through, 1);
  if (written.from === from && written.through >= from && written.zone === previous.zone) return undefined;
  const what =
    written.zone !== previous.zone
      ? `the zone is another: ${written.zone} after ${previous.zone}`
      : written.from > from
        ? `the days from ${from} on, before ${written.from}, would be in no window`
        : `the days from ${written.from} on would be in two windows`;
  return {
    code: "roll-forward-abut",
    what,
    where: `countersign/program.yaml says ${written.from} through ${written.through}; the recorded window ends on ${previous.through}`,
    why: "a gap between two windows is tested by nobody, and a day in both is counted twice",
    next: `put the recorded window back (${previous.from} through ${previous.through}), then countersign roll-forward --plan`,
  };
}
