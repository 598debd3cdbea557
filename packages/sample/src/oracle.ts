/** The shape in which the generator says what it planted. It is filled from stories, never from rules. */

/** What an attribute comes to for one item, as the generator meant it. */
export type Verdict =
  | "operated"
  | { readonly state: "deviated"; readonly why: string }
  | { readonly state: "unknown"; readonly why: string };

export const deviated = (why: string): Verdict => ({ state: "deviated", why });
export const unknown = (why: string): Verdict => ({ state: "unknown", why });

/** One item that owes an activity. */
export type Owing = {
  readonly id: string;
  /** Its term still runs on the sample's date, and it is not done yet. */
  readonly notDue?: boolean;
  readonly verdicts: { readonly [attribute: string]: Verdict };
};

export type ExpectedAttribute = {
  readonly id: string;
  readonly operated: number;
  readonly deviated: number;
  readonly unknown: number;
  /** Every item that did not operate. */
  readonly items: readonly {
    readonly id: string;
    readonly state: "deviated" | "unknown";
    readonly why: string;
  }[];
};

/** What a per-item activity comes to over the window, all versions of its control together. */
export type ExpectedActivity = {
  readonly control: string;
  readonly activity: string;
  /** The source whose list is tested. */
  readonly source: string;
  /** Items that owe it: in the window, asked for by the control, while it is in force. */
  readonly owed: number;
  readonly operated: number;
  readonly deviated: number;
  readonly unknown: number;
  readonly notDue: readonly string[];
  /** Without the items that are not due. */
  readonly attributes: readonly ExpectedAttribute[];
};

export function expectActivity(
  about: { readonly control: string; readonly activity: string; readonly source: string },
  attributes: readonly string[],
  owing: readonly Owing[],
): ExpectedActivity {
  const due = owing.filter((item) => item.notDue !== true);
  const states = due.map((item) => worstOf(attributes.map((id) => item.verdicts[id] ?? "operated")));
  const count = (state: string) => states.filter((one) => one === state).length;
  return {
    ...about,
    owed: owing.length,
    operated: count("operated"),
    deviated: count("deviated"),
    unknown: count("unknown"),
    notDue: owing.filter((item) => item.notDue === true).map((item) => item.id),
    attributes: attributes.map((id) => expectAttribute(id, due)),
  };
}

function worstOf(verdicts: readonly Verdict[]): "operated" | "deviated" | "unknown" {
  const states = verdicts.map((verdict) => (verdict === "operated" ? verdict : verdict.state));
  if (states.includes("deviated")) return "deviated";
  return states.includes("unknown") ? "unknown" : "operated";
}

function expectAttribute(id: string, due: readonly Owing[]): ExpectedAttribute {
  const items = due.flatMap((item) => {
    const verdict = item.verdicts[id] ?? "operated";
    return verdict === "operated" ? [] : [{ id: item.id, ...verdict }];
  });
  const deviations = items.filter((item) => item.state === "deviated").length;
  return {
    id,
    operated: due.length - items.length,
    deviated: deviations,
    unknown: items.length - deviations,
    items,
  };
}
