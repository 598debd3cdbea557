/** Where occurrences go: into the counts and the deviations over a window, or into the walkthrough as of a date. */
import { deviationsIn, type Found } from "./deviations.ts";
import type { AttributeResult, Occurrence, OccurrenceState } from "./model.ts";
import type { ActivityPlan } from "./plan.ts";

export type Report = {
  /** @param overdue why a periodic occurrence is late or missed, in words */
  add(plan: ActivityPlan, occurrence: Occurrence, overdue?: string): void;
};

/** Counts, keeps every deviation, and keeps nothing of what operated. */
export class WindowReport implements Report {
  readonly found: Found[] = [];
  emit: ((occurrence: Occurrence) => void) | undefined;

  add(plan: ActivityPlan, occurrence: Occurrence, overdue?: string): void {
    plan.tally.add(occurrence);
    if (occurrence.state === "deviated" || overdue !== undefined) {
      const attributeIds = plan.attributes.map(({ attribute }) => attribute.id);
      for (const deviation of deviationsIn(occurrence, attributeIds, overdue)) this.found.push(deviation);
    }
    this.emit?.(occurrence);
  }
}

/**
 * What a record of `occurrence.not-applicable` makes of an occurrence. It takes the finding's place, so the finding is
 * named in the detail: nobody can make a deviation disappear by declaring it not applicable.
 */
export function notApplicableResults(
  plan: ActivityPlan,
  occurrence: string,
  otherwise: OccurrenceState,
): Pick<Occurrence, "state" | "attributes" | "detail" | "notApplicable"> | undefined {
  const declared = plan.notApplicable.get(occurrence);
  if (declared === undefined) return undefined;
  const { reason, approver } = declared;
  const result: AttributeResult = { state: "not-applicable", reason, approver };
  return {
    state: "not-applicable",
    attributes: plan.attributes.map(() => result),
    detail: `without this record it would be ${otherwise}`,
    notApplicable: { reason, approver },
  };
}
