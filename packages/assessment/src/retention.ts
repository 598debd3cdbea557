/** Which stores hold data past its term: what was seen in each, against the retention that was promised on that day. */
import {
  DAY_MS,
  epochOf,
  formatInstant,
  localDateAt,
  type Instant,
  type LocalDate,
  type TimeZone,
} from "@countersign/kernel";
import { allOn, on, type DataStore, type System } from "@countersign/program";

/** A look into a store (item kind `store-content`), with the record of the population that it stands in. */
export type StoreLook = {
  readonly id: string;
  readonly store: string;
  readonly listedAt: Instant;
  readonly empty?: boolean;
  readonly oldestAt?: Instant;
  readonly record: string;
};

export type RetentionState =
  | { readonly state: "past-term"; readonly termDays: number; readonly since: Instant }
  | { readonly state: "within-term"; readonly termDays: number }
  /** Retention is said, but not in days: until a contract ends, until somebody asks. */
  | { readonly state: "no-term-in-days"; readonly ground: string }
  | {
      readonly state: "unknown";
      readonly reason: "retention-not-said" | "not-looked" | "not-looked-since" | "look-lacks-oldest";
      /** Since when the oldest entry that there can be is past its term, if it is still there. */
      readonly since?: Instant;
    };

export type Retained = RetentionState & {
  readonly store: string;
  readonly name: string;
  /** The newest look at or before the time of the question. */
  readonly look?: StoreLook;
};

/**
 * Of each store that the program has on the day of `at`. A look speaks of its own time only: where the oldest entry that it
 * saw has passed its term since, whether it was deleted is not known.
 */
export function retained(
  system: System,
  looks: readonly StoreLook[],
  at: Instant,
  zone: TimeZone,
): readonly Retained[] {
  const now = epochOf(at);
  const newest = new Map<string, StoreLook>();
  for (const look of looks) {
    const time = epochOf(look.listedAt);
    const before = newest.get(look.store);
    if (time <= now && (before === undefined || epochOf(before.listedAt) <= time))
      newest.set(look.store, look);
  }
  return allOn(system.stores, localDateAt(zone, now)).map((store) => {
    const look = newest.get(store.id);
    const then = look && termThen(system, store.id, localDateAt(zone, epochOf(look.listedAt)));
    return { store: store.id, name: store.name, ...(look && { look }), ...stateOf(then ?? store, look, now) };
  });
}

function termThen(system: System, id: string, day: LocalDate): DataStore | undefined {
  const store = system.stores.find((each) => each.id === id);
  return store && on(store, day);
}

function stateOf({ retention }: DataStore, look: StoreLook | undefined, now: number): RetentionState {
  if (retention === undefined) return { state: "unknown", reason: "retention-not-said" };
  const { days, ground } = retention;
  if (days === undefined) return { state: "no-term-in-days", ground };
  if (look === undefined) return { state: "unknown", reason: "not-looked" };
  // Of an empty store the oldest entry that there can be came in just after the look.
  const oldestAt = look.empty === true ? look.listedAt : look.oldestAt;
  if (oldestAt === undefined) return { state: "unknown", reason: "look-lacks-oldest" };
  const ends = epochOf(oldestAt) + days * DAY_MS;
  if (ends < epochOf(look.listedAt))
    return { state: "past-term", termDays: days, since: formatInstant(ends) };
  if (ends < now) return { state: "unknown", reason: "not-looked-since", since: formatInstant(ends) };
  return { state: "within-term", termDays: days };
}
