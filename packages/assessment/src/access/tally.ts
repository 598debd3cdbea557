/** What was found of each principal, moment by moment, and what it comes to over all of the time that was asked about. */
import { formatInstant, type EpochMs } from "@countersign/kernel";
import {
  subjectKey,
  weightOf,
  type AccessPath,
  type AccessSubject,
  type LeaverFact,
  type NoAccessReason,
  type PrincipalAccess,
  type UnknownAccessReason,
} from "./model.ts";

type Segment = { readonly start: EpochMs; end: EpochMs };

class Found {
  readonly subject: AccessSubject;
  readonly paths = new Map<string, { path: Omit<AccessPath, "during">; segments: Segment[] }>();
  readonly reasons = new Map<string, UnknownAccessReason>();
  why: NoAccessReason | undefined;
  /** Reset at each moment. */
  could = false;
  readonly unknown: UnknownAccessReason[] = [];

  constructor(subject: AccessSubject) {
    this.subject = subject;
  }
}

export class PrincipalTally {
  readonly #found = new Map<string, Found>();
  readonly #leavers: ReadonlyMap<string, LeaverFact>;
  #start: EpochMs = 0;
  #end: EpochMs = 0;

  constructor(leavers: readonly LeaverFact[]) {
    const sorted = leavers.toSorted((a, b) => a.endedAt - b.endedAt);
    this.#leavers = new Map(
      sorted.map((leaver) => [subjectKey({ kind: "person", person: leaver.person }), leaver]),
    );
  }

  get at(): EpochMs {
    return this.#start;
  }

  begin(at: EpochMs, until: EpochMs): void {
    this.#start = at;
    this.#end = until;
  }

  #of(subject: AccessSubject): Found {
    const key = subjectKey(subject);
    let found = this.#found.get(key);
    if (found === undefined) this.#found.set(key, (found = new Found(subject)));
    return found;
  }

  could(subject: AccessSubject, path: Omit<AccessPath, "during">): void {
    const found = this.#of(subject);
    found.could = true;
    const key = JSON.stringify([path.resource, path.steps.map(({ of, role, since }) => [of, role, since])]);
    const kept = found.paths.get(key) ?? { path, segments: [] };
    found.paths.set(key, kept);
    const last = kept.segments.at(-1);
    if (last !== undefined && last.end >= this.#start) last.end = this.#end;
    else kept.segments.push({ start: this.#start, end: this.#end });
  }

  unknown(subject: AccessSubject, reason: UnknownAccessReason): void {
    this.#of(subject).unknown.push(reason);
  }

  /** One link of a way is missing; others may lead there. */
  broken(subject: AccessSubject, why: NoAccessReason): void {
    const found = this.#of(subject);
    if (found.why === undefined || weightOf(why) > weightOf(found.why)) found.why = why;
  }

  /**
   * Closes a moment.
   * @param open why somebody of whom nothing is known may have held something: if that is a group, anyone may belong to it
   */
  end(everyone: readonly AccessSubject[], open: readonly UnknownAccessReason[]): void {
    for (const subject of everyone) this.#of(subject);
    for (const found of this.#found.values()) {
      const [reason] = open;
      if (reason !== undefined && found.unknown.length === 0 && found.subject.kind !== "group")
        found.unknown.push(reason);
      if (!found.could)
        for (const reason of found.unknown) {
          const key = JSON.stringify(reason);
          if (!found.reasons.has(key)) found.reasons.set(key, reason);
        }
      found.could = false;
      found.unknown.length = 0;
    }
  }

  whyOf(subject: AccessSubject): NoAccessReason | undefined {
    return this.#found.get(subjectKey(subject))?.why;
  }

  /**
   * To be called once, at the end.
   * @param otherwise why somebody could not, of whom nothing more particular was found
   */
  principals(otherwise: (subject: AccessSubject) => NoAccessReason): readonly PrincipalAccess[] {
    return [...this.#found]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([key, found]) => {
        const access = accessOf(found, otherwise);
        return access === undefined ? [] : [{ principal: found.subject, ...this.#leftOf(key), ...access }];
      })
      .sort((a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state));
  }

  #leftOf(key: string): Pick<PrincipalAccess, "left"> {
    const leaver = this.#leavers.get(key);
    if (leaver === undefined) return {};
    const { endedAt, accessRemovedAt, evidence } = leaver;
    return {
      left: {
        endedAt: formatInstant(endedAt),
        ...(accessRemovedAt === undefined ? {} : { accessRemovedAt: formatInstant(accessRemovedAt) }),
        evidence,
      },
    };
  }
}

const STATES: readonly PrincipalAccess["state"][] = ["could", "unknown", "could-not"];

type StateOf<T> = T extends PrincipalAccess ? Omit<T, "principal" | "left"> : never;

function accessOf(
  found: Found,
  otherwise: (subject: AccessSubject) => NoAccessReason,
): StateOf<PrincipalAccess> | undefined {
  if (found.paths.size > 0)
    return {
      state: "could",
      paths: [...found.paths.values()].map(({ path, segments }) => ({
        ...path,
        during: segments.map(({ start, end }) => ({ start: formatInstant(start), end: formatInstant(end) })),
      })),
    };
  if (found.reasons.size > 0) return { state: "unknown", reasons: [...found.reasons.values()] };
  // A group stands for its members: by itself it is named only where these are not known.
  if (found.subject.kind === "group") return undefined;
  const { why } = found;
  return {
    state: "could-not",
    why: why === undefined || why.kind === "not-listed" ? orElse(why, otherwise(found.subject)) : why,
  };
}

/** Something that ended says more than a list on which nobody stands. */
function orElse(why: NoAccessReason | undefined, other: NoAccessReason): NoAccessReason {
  return why === undefined || weightOf(other) > weightOf(why) ? other : why;
}
