/**
 * As of a date (Type I): is each control designed, and does one instance of it show that it was put in place. Nothing
 * is counted, and nothing is said of how it operated over a period.
 */
import { compareText, epochOf, type EpochMs } from "@countersign/kernel";
import type { ControlVersion } from "@countersign/program";
import type { Frame } from "./frame.ts";
import type { Occurrence, Summary } from "./model.ts";
import type { ActivityPlan, ControlPlan } from "./plan.ts";
import type { Report } from "./report.ts";

type Walkthrough = Summary["walkthroughs"][number];
type Instance = { readonly occurrence: Occurrence; readonly at: EpochMs; readonly isKnown: boolean };

/**
 * Keeps each control's latest instance, and prefers one of which all facts are known. What lies after the as-of time
 * does not come here.
 */
export class WalkthroughReport implements Report {
  readonly #frame: Frame;
  readonly #best = new Map<string, Instance>();

  constructor(frame: Frame) {
    this.#frame = frame;
  }

  add(plan: ActivityPlan, occurrence: Occurrence): void {
    if (!isInForceAt(plan.control, this.#frame)) return;
    const { state } = occurrence;
    // What was not done, is not due or does not apply is no instance of doing it.
    if (state === "missed" || state === "not-due" || state === "not-applicable") return;
    const instance: Instance = {
      occurrence,
      at: epochOf(occurrence.performed?.at ?? occurrence.at),
      isKnown: state !== "unknown" && occurrence.attributes.every((result) => result.state !== "unknown"),
    };
    const best = this.#best.get(occurrence.control);
    if (best === undefined || isBetter(instance, best)) this.#best.set(occurrence.control, instance);
  }

  walkthroughs(controls: readonly ControlPlan[]): readonly Walkthrough[] {
    return controls.map(({ id, all }) => {
      const best = this.#best.get(id);
      return {
        control: id,
        designed: all.some((control) => isInForceAt(control, this.#frame) && isDesigned(control)),
        implemented: implementedBy(best),
        ...(best !== undefined && { instance: best.occurrence }),
      };
    });
  }
}

function implementedBy(best: Instance | undefined): Walkthrough["implemented"] {
  if (best === undefined || best.occurrence.state === "deviated") return "not-shown";
  return best.isKnown ? "shown" : "unknown";
}

function isBetter(a: Instance, b: Instance): boolean {
  if (a.isKnown !== b.isKnown) return a.isKnown;
  if (a.at !== b.at) return a.at > b.at;
  const order =
    compareText(a.occurrence.activity, b.occurrence.activity) ||
    compareText(a.occurrence.id, b.occurrence.id);
  return order < 0;
}

function isInForceAt(control: ControlVersion, frame: Frame): boolean {
  const date = frame.dateAt(frame.asOf);
  return (
    (control.effectiveFrom === undefined || control.effectiveFrom <= date) &&
    (control.effectiveThrough === undefined || control.effectiveThrough >= date)
  );
}

/**
 * A design says what is done, by whom and when, and what would show it: statement, owner's role, activities, and
 * attributes for everything but a periodic activity, which is tested by having been performed when it was due.
 */
function isDesigned(control: ControlVersion): boolean {
  return (
    control.statement.trim() !== "" &&
    control.ownerRole.trim() !== "" &&
    control.activities.length > 0 &&
    control.activities.every((activity) => activity.kind === "periodic" || activity.attributes.length > 0)
  );
}
