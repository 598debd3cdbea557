/** What a package leaves out for its reader, and why. The records and the checkpoint are never touched: everything left out is named. */
import type { Occurrence, Summary } from "@countersign/assessment";
import type { PackageView } from "../ports/index.ts";

/** `names` of persons, `raw` bytes, `evidence` files, and what is said of single `items`. */
export const withholdable = ["names", "raw", "evidence", "items"] as const;
export type Withholdable = (typeof withholdable)[number];

/** For a customer's reviewer: what was promised, how often it operated and deviated, and the proof; nobody's data. */
export const forCustomer: readonly Withholdable[] = withholdable;

const REASONS: { readonly [part in Withholdable]: string } = {
  names: "names and addresses of persons are not for this reader",
  raw: "raw bytes of the sources are not for this reader",
  evidence: "evidence files are not for this reader",
  items: "single items, and what was found for each, are not for this reader",
};

/** Which lines of a list keep only their leaf. */
export type LinesWithheld = {
  readonly reason: string;
  readonly isWithheld: (line: string) => boolean;
};

const every = (): boolean => true;

export class Redaction {
  readonly #parts: ReadonlySet<Withholdable>;

  constructor(parts: Iterable<Withholdable> = []) {
    this.#parts = new Set(parts);
  }

  withholds(part: Withholdable): boolean {
    return this.#parts.has(part);
  }

  /** Why a file of that part is left out; undefined where it is not. */
  reason(part: Withholdable): string | undefined {
    return this.#parts.has(part) ? REASONS[part] : undefined;
  }

  /** Sentences, in one order. */
  get sentences(): readonly string[] {
    return withholdable.flatMap((part) => this.reason(part) ?? []);
  }

  names(): LinesWithheld | undefined {
    return this.#all("names");
  }

  lines(): LinesWithheld | undefined {
    return this.#all("items");
  }

  /** What an activity of the calendar came to is about no item, and stays. */
  linesOfResults(): LinesWithheld | undefined {
    const reason = this.reason("items");
    return reason === undefined
      ? undefined
      : { reason, isWithheld: (line) => !isPeriodic((JSON.parse(line) as { item: Occurrence }).item) };
  }

  /** The view as pages and sheets may show it. */
  view(view: PackageView): PackageView {
    const raw = this.withholds("raw");
    const items = this.withholds("items");
    return {
      ...view,
      redactions: this.sentences,
      names: this.withholds("names") ? new Map() : view.names,
      summary: items ? withoutItems(view.summary) : view.summary,
      programGaps: items ? undefined : view.programGaps,
      items: items ? [] : view.items.map((item) => (raw ? { ...item, raw: [] } : item)),
      evidence: view.evidence.map((one) =>
        this.withholds("evidence")
          ? {
              ...one,
              files: one.files.map((file) => ({ ...file, path: undefined, gone: "withheld" as const })),
            }
          : one,
      ),
      populations: view.populations.map((population) => ({
        ...population,
        ...(items ? { exclusions: [], reconciliations: population.reconciliations.map(withoutSides) } : {}),
        paths: { ...population.paths, raw: raw ? [] : population.paths.raw },
      })),
    };
  }

  #all(part: Withholdable): LinesWithheld | undefined {
    const reason = this.reason(part);
    return reason === undefined ? undefined : { reason, isWithheld: every };
  }
}

/** Only an occurrence of a period has a time by which it was due; that of an item has none. */
export function isPeriodic(occurrence: Occurrence): boolean {
  return occurrence.due !== undefined;
}

function withoutSides<T extends PackageView["populations"][number]["reconciliations"][number]>(side: T): T {
  return { ...side, onlyLeft: [], onlyRight: [] };
}

/** Counts stay; which item, whose, and what it was called do not. */
function withoutItems(summary: Summary): Summary {
  return {
    ...summary,
    concentrations: [],
    walkthroughs: summary.walkthroughs.map(({ instance: _instance, ...rest }) => rest),
    deviations: summary.deviations.map((deviation, i) => {
      const { title: _title, person: _person, ...rest } = deviation;
      return isOfPeriod(summary, deviation)
        ? deviation
        : {
            ...rest,
            id: `withheld-${i + 1}`,
            occurrence: "withheld",
            cause: "withheld",
            responses: [],
            exceptions: [],
          };
    }),
    controls: summary.controls.map((control) => ({
      ...control,
      activities: control.activities.map((activity) => ({
        ...activity,
        attributes: activity.attributes.map((attribute) => ({
          ...attribute,
          causes: [],
          unknowns: attribute.unknowns.map((unknown) => ({
            ...unknown,
            detail: unknown.reason,
            instead: [],
          })),
        })),
      })),
    })),
  };
}

function isOfPeriod(summary: Summary, deviation: Summary["deviations"][number]): boolean {
  return summary.controls.some(
    (control) =>
      control.id === deviation.control &&
      control.activities.some((each) => each.id === deviation.activity && each.kind === "periodic"),
  );
}
