/** Which days a rehearsal looks at: never a day of the window itself, and none that has not begun. */
import {
  addDays,
  addMonths,
  err,
  ok,
  parsePeriod,
  type LocalDate,
  type Problem,
  type Result,
} from "@countersign/kernel";
import type { WindowBody } from "@countersign/records";

/** As long as the shortest window that auditors usually accept. */
export const REHEARSAL_MONTHS = 3;

/**
 * @param window the program's own, which the rehearsal is for
 * @param today the local day in the window's zone
 * @param asked inclusive local dates; absent: the three months before a window that has not begun
 */
export function rehearsalWindow(
  window: WindowBody,
  today: LocalDate,
  asked: { readonly from?: string; readonly through?: string } = {},
): Result<WindowBody, Problem> {
  const before = {
    from: addMonths(window.from, -REHEARSAL_MONTHS),
    through: addDays(window.from, -1),
  };
  const example = `countersign rehearse --from ${before.from} --through ${before.through}`;
  if (asked.from === undefined && asked.through === undefined) {
    if (today < window.from) return begun({ ...before, zone: window.zone }, today);
    return err({
      code: "rehearsal-dates",
      what: "the window has begun: which days are to be rehearsed must be said",
      where: `the window ${window.from} through ${window.through}`,
      why: "a rehearsal comes before what it rehearses; what happens in the window counts, and readiness speaks of it",
      next: `${example}, or countersign readiness`,
    });
  }
  const period = parsePeriod(asked.from ?? "", asked.through ?? "", window.zone);
  if (!period.ok)
    return err({
      code: "rehearsal-dates",
      what: `the days of the rehearsal: ${period.error}`,
      where: "--from, --through",
      next: example,
    });
  const { from, through } = period.value;
  if (from <= window.through && through >= window.from)
    return err({
      code: "rehearsal-in-window",
      what: "the rehearsal shares days with the window",
      where: `${from} through ${through}; the window is ${window.from} through ${window.through}`,
      why: "what happened in the window counts, and cannot be tried out",
      next: `${example}; of the window itself speaks countersign readiness`,
    });
  return begun({ from, through, zone: window.zone }, today);
}

function begun(window: WindowBody, today: LocalDate): Result<WindowBody, Problem> {
  if (window.from <= today) return ok(window);
  return err({
    code: "rehearsal-not-begun",
    what: "no day of the rehearsal has come yet",
    where: `${window.from} through ${window.through}; today is ${today}`,
    why: "nothing can have operated on days to come",
    next: `countersign rehearse, from ${window.from} on; or name earlier days with --from and --through`,
  });
}
