/** Which performance satisfies which occurrence of a periodic activity. One performance satisfies one occurrence. */
import { compareText, type EpochMs } from "@countersign/kernel";

export type Term = {
  readonly id: string;
  /** The first instant of the period. */
  readonly start: EpochMs;
  /** What is performed before it is on time. */
  readonly due: EpochMs;
};

export type Performed = {
  readonly record: string;
  readonly occurrence?: string;
  readonly performedAt: EpochMs;
  readonly recordedAt: EpochMs;
};

/**
 * A performance counts for the occurrence that it names, and never for another; one that names none counts for the
 * earliest due occurrence that is still open and whose term (from the period's start to the due instant) holds its time.
 * Nothing counts for a period that had not begun. What is left over cures nothing.
 *
 * Three passes keep a late performance from taking the place of one in time: those that name an occurrence and are in
 * time, then those that name none, then those that name one and are late; each in the order of the performed time.
 * @returns the index into `performances` for each term, and -1 where none satisfies it
 */
export function matchPerformances(
  terms: readonly Term[],
  performances: readonly Performed[],
): readonly number[] {
  const satisfiedBy = terms.map(() => -1);
  const termByName = new Map(terms.map((term, index) => [term.id, index]));
  const byDue = terms.map((_, index) => index).sort((a, b) => dueOrder(terms, a, b));
  const inOrder = performances.map((_, index) => index).sort((a, b) => timeOrder(performances, a, b));

  const satisfyNamed = (isLatePass: boolean) => {
    for (const index of inOrder) {
      const performed = performances[index];
      if (performed?.occurrence === undefined) continue;
      const named = termByName.get(performed.occurrence);
      const term = named === undefined ? undefined : terms[named];
      if (named === undefined || term === undefined || satisfiedBy[named] !== -1) continue;
      const isLate = performed.performedAt >= term.due;
      if (performed.performedAt >= term.start && isLate === isLatePass) satisfiedBy[named] = index;
    }
  };

  satisfyNamed(false);
  for (const index of inOrder) {
    const performed = performances[index];
    if (performed === undefined || performed.occurrence !== undefined) continue;
    const open = byDue.find((at) => {
      const term = terms[at];
      return (
        term !== undefined &&
        satisfiedBy[at] === -1 &&
        performed.performedAt >= term.start &&
        performed.performedAt < term.due
      );
    });
    if (open !== undefined) satisfiedBy[open] = index;
  }
  satisfyNamed(true);
  return satisfiedBy;
}

function dueOrder(terms: readonly Term[], a: number, b: number): number {
  const [first, second] = [terms[a], terms[b]];
  if (first === undefined || second === undefined) return a - b;
  return first.due - second.due || first.start - second.start || compareText(first.id, second.id);
}

function timeOrder(performances: readonly Performed[], a: number, b: number): number {
  const [first, second] = [performances[a], performances[b]];
  if (first === undefined || second === undefined) return a - b;
  return (
    first.performedAt - second.performedAt ||
    first.recordedAt - second.recordedAt ||
    compareText(first.record, second.record)
  );
}
