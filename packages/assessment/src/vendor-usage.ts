/** What is really sent to vendors, as a gateway counted it, against what the program says may be sent and on what terms. */
import type { LocalDate } from "@countersign/kernel";
import { allOn, type DataClass, type System, type Vendor } from "@countersign/program";

/** Calls of one key to one model of one provider, as a gateway's log counts them. */
export type SentUsage = {
  readonly provider: string;
  readonly model: string;
  readonly key?: string;
  readonly calls: number;
  readonly tokensSent: number;
};

export type UnknownSent =
  | "vendor-not-named"
  | "key-not-told"
  | "key-not-named"
  | "classes-not-said"
  | "data-sent-not-said"
  | "training-terms-not-said";

export type SentVerdict =
  | { readonly state: "as-contracted"; readonly vendor: string; readonly classes: readonly DataClass[] }
  | {
      readonly state: "beyond";
      readonly vendor: string;
      /** Classes that the key's component holds and that the vendor is not said to receive. */
      readonly notSaid: readonly DataClass[];
      /** Customers' or confidential data at a vendor that may train on it. */
      readonly mayBeTrainedOn: readonly DataClass[];
    }
  | { readonly state: "unknown"; readonly vendor?: string; readonly reasons: readonly UnknownSent[] };

export type Sent = {
  readonly usage: SentUsage;
  /** The component that the key belongs to. */
  readonly component?: string;
  readonly verdict: SentVerdict;
};

/** What nobody may train on without a ground. */
const guarded: readonly DataClass[] = ["customer-content", "personal-data", "confidential", "training-data"];

/**
 * A provider is the vendor, and a key the component, of which `knownAs` says `litellm:PROVIDER` or `litellm-key:KEY`.
 * @param day the program as it is on that day
 */
export function sentAgainstContract(
  system: System,
  usage: readonly SentUsage[],
  day: LocalDate,
): readonly Sent[] {
  const vendors = known(allOn(system.vendors, day));
  const components = known(allOn(system.components, day));
  return usage.map((each) => {
    const vendor = vendors.get(`litellm:${each.provider}`);
    const component = each.key === undefined ? undefined : components.get(`litellm-key:${each.key}`);
    return {
      usage: each,
      ...(component !== undefined && { component: component.id }),
      verdict: verdictOf(each, vendor, component?.holds, component !== undefined),
    };
  });
}

function known<T extends { readonly knownAs?: readonly string[] }>(
  things: readonly T[],
): ReadonlyMap<string, T> {
  return new Map(things.flatMap((thing) => (thing.knownAs ?? []).map((name) => [name, thing] as const)));
}

function verdictOf(
  usage: SentUsage,
  vendor: (Vendor & { readonly id: string }) | undefined,
  classes: readonly DataClass[] | undefined,
  isNamed: boolean,
): SentVerdict {
  const reasons: UnknownSent[] = [];
  if (vendor === undefined) reasons.push("vendor-not-named");
  if (usage.key === undefined) reasons.push("key-not-told");
  else if (!isNamed) reasons.push("key-not-named");
  else if (classes === undefined) reasons.push("classes-not-said");
  const sent = vendor?.dataSent;
  const terms = vendor?.terms?.training;
  if (vendor !== undefined && classes !== undefined) {
    const notSaid = sent === undefined ? [] : classes.filter((each) => !sent.includes(each));
    const mayBeTrainedOn = terms === "allowed" ? classes.filter((each) => guarded.includes(each)) : [];
    // What is known to go beyond does so whatever else is not known.
    if (notSaid.length + mayBeTrainedOn.length > 0)
      return { state: "beyond", vendor: vendor.id, notSaid, mayBeTrainedOn };
    if (sent === undefined) reasons.push("data-sent-not-said");
    if (terms !== "allowed" && terms !== "prohibited" && classes.some((each) => guarded.includes(each)))
      reasons.push("training-terms-not-said");
    if (reasons.length === 0) return { state: "as-contracted", vendor: vendor.id, classes };
  }
  return { state: "unknown", ...(vendor !== undefined && { vendor: vendor.id }), reasons };
}
