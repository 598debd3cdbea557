/**
 * Who could read a resource at a past time, and why: what is known (lists that were taken, changes, how far each feed of
 * changes was read) and the answer. Times are milliseconds since 1970 going in, canonical UTC text coming out.
 */
import type { EpochMs, Instant, Interval } from "@countersign/kernel";
import type { PersonId } from "@countersign/records";

/** What an access is to. Who may act as a service account is listed under a resource of the account's name. */
export type AccessObject = { readonly kind: "resource" | "group"; readonly name: string };

/** Who holds an access: for a group, all its members. */
export type AccessSubject =
  | { readonly kind: "person"; readonly person: PersonId }
  | { readonly kind: "service-account" | "group"; readonly name: string };

/** The item that says so. */
export type AccessEvidence = {
  /** The population's record. */
  readonly record: string;
  /** "warehouse-access@2" */
  readonly population: string;
  readonly item: string;
};

/** On what ground an access was granted. */
export type AccessGround = {
  readonly ticket?: string;
  readonly approved?: boolean;
  readonly approvedBy?: PersonId;
  readonly approvedAt?: Instant;
  /** Where the ground stands. */
  readonly evidence: AccessEvidence;
};

type Entry = {
  readonly subject: AccessSubject;
  /** Absent: the list knows no roles. */
  readonly role?: string;
  /** Absent: not told whether the role lets its holder read. */
  readonly reads?: boolean;
  /** Half-open: at this time it is over. */
  readonly expiresAt?: EpochMs;
  /** The id of an `access-grant`. */
  readonly grant?: string;
  readonly evidence: AccessEvidence;
};

/** Everyone who held access to an object when the list was taken. */
export type AccessList = {
  readonly source: string;
  readonly of: AccessObject;
  readonly takenAt: EpochMs;
  /** Why somebody may be missing from it; absent: nobody is. */
  readonly incomplete?: string;
  readonly entries: readonly (Entry & { readonly active?: boolean })[];
};

/** What it says holds from `at` on, at that millisecond too; it says nothing of the time before. */
export type AccessEvent = Entry & {
  readonly of: AccessObject;
  readonly at: EpochMs;
  /** `unclear`: something changed, and what is not told. */
  readonly action: "granted" | "changed" | "removed" | "unclear";
  readonly fromRole?: string;
  readonly ground?: AccessGround;
};

/** A stretch of time of which the source told nothing, and why. */
export type Outage = Interval & { readonly reason: string };

/** A source of changes (or of break-glass sessions) that is said to hold every one of these objects. */
export type AccessFeed = {
  readonly source: string;
  readonly of: readonly AccessObject[];
  /** What each complete read covered. */
  readonly reads: readonly Interval[];
  /** Declared or observed: takes away from every read. */
  readonly outages: readonly Outage[];
  /** Reads that failed or were partial: they cover nothing, and say why. */
  readonly failures: readonly Outage[];
};

/** A time that somebody held access for the occasion (break-glass, just in time). */
export type AccessSession = {
  readonly person: PersonId;
  readonly resource: string;
  readonly startedAt: EpochMs;
  readonly endedAt?: EpochMs;
  readonly expiresAt?: EpochMs;
  readonly ground?: AccessGround;
  readonly evidence: AccessEvidence;
};

export type AccessGrantFact = {
  readonly id: string;
  readonly person: PersonId;
  readonly resource: string;
  readonly role?: string;
  readonly grantedAt: EpochMs;
  readonly ground: AccessGround;
};

export type LeaverFact = {
  readonly person: PersonId;
  readonly endedAt: EpochMs;
  /** When the list of leavers says that the last access was removed. */
  readonly accessRemovedAt?: EpochMs;
  readonly evidence: AccessEvidence;
};

export type AccessQuestion = {
  /** One data store may stand on several: whoever could read any of them is named. */
  readonly resources: readonly string[];
  /** Half-open; one millisecond for an instant, a local day for "at any time of that day". */
  readonly during: Interval;
  /** Roles that read, where no source says so: the asker's word. */
  readonly readingRoles?: readonly string[];
  readonly lists: readonly AccessList[];
  readonly events: readonly AccessEvent[];
  readonly feeds: readonly AccessFeed[];
  readonly sessions: readonly AccessSession[];
  readonly sessionFeeds: readonly AccessFeed[];
  readonly grants: readonly AccessGrantFact[];
  readonly leavers: readonly LeaverFact[];
};

/** A time at which it is known whether somebody held the access. */
export type KnownAt = {
  readonly at: Instant;
  readonly by: "list" | "event";
  readonly held: boolean;
  readonly evidence?: AccessEvidence;
};

export type UnknownAccessReason =
  /** Nothing about the object was ever collected. */
  | { readonly kind: "not-collected"; readonly of: AccessObject }
  /**
   * Known before, after, or both, and nothing tells what was in between. Two lists that agree prove nothing of the time
   * between them: what was removed and given back, or given and taken, leaves no trace on either.
   */
  | {
      readonly kind: "not-told-between";
      readonly of: AccessObject;
      readonly before?: KnownAt;
      readonly after?: KnownAt;
      /** Where a feed of changes should have told it. */
      readonly gap?: {
        readonly source: string;
        readonly start: Instant;
        readonly end: Instant;
        readonly reason: string;
      };
    }
  | {
      readonly kind: "list-incomplete";
      readonly of: AccessObject;
      readonly at: Instant;
      readonly reason: string;
    }
  /** None of several sources that list one resource is the whole list. */
  | { readonly kind: "several-lists"; readonly of: AccessObject; readonly sources: readonly string[] }
  | { readonly kind: "role-not-told"; readonly of: AccessObject; readonly role: string }
  /** A change that does not say what it changed, or two at one instant that contradict each other. */
  | { readonly kind: "change-unclear"; readonly of: AccessObject; readonly at: Instant }
  | { readonly kind: "members-not-collected"; readonly of: AccessObject }
  | {
      readonly kind: "session-end-not-told";
      readonly of: AccessObject;
      readonly at: Instant;
      readonly evidence: AccessEvidence;
    };

/** Why somebody did not hold an access that they or another once held. */
export type NoAccessReason =
  /** Not on the list, or not among the changes, that stand at `at`. */
  | { readonly kind: "not-listed"; readonly of: AccessObject; readonly at: Instant }
  | {
      readonly kind: "removed" | "expired" | "inactive" | "role-does-not-read";
      readonly of: AccessObject;
      readonly subject: AccessSubject;
      readonly at: Instant;
      readonly role: string;
      readonly evidence: AccessEvidence;
    };

/** One link of the way from a principal to the resource. */
export type AccessStep = {
  readonly subject: AccessSubject;
  readonly of: AccessObject;
  readonly role: string;
  /** `listed`: at the latest since this list. */
  readonly since: { readonly at: Instant; readonly how: "granted" | "changed" | "listed" | "session" };
  readonly ground?: AccessGround;
  readonly evidence: readonly AccessEvidence[];
};

export type AccessPath = {
  readonly resource: string;
  readonly via: "direct" | "group" | "service-account" | "break-glass";
  /** From the principal to the resource. */
  readonly steps: readonly AccessStep[];
  /** When, of the time that was asked about. */
  readonly during: readonly { readonly start: Instant; readonly end: Instant }[];
};

export type PrincipalAccess = {
  readonly principal: AccessSubject;
  readonly left?: {
    readonly endedAt: Instant;
    readonly accessRemovedAt?: Instant;
    readonly evidence: AccessEvidence;
  };
} & (
  | { readonly state: "could"; readonly paths: readonly AccessPath[] }
  | { readonly state: "unknown"; readonly reasons: readonly UnknownAccessReason[] }
  | { readonly state: "could-not"; readonly why: NoAccessReason }
);

export type AccessAnswer = {
  readonly resources: readonly string[];
  readonly during: { readonly start: Instant; readonly end: Instant };
  /** Complete: nobody is unknown, and nobody else could. */
  readonly state: "complete" | "incomplete";
  /** Whoever stands anywhere in what was collected: could, unknown, could not; in each by person id or name. */
  readonly principals: readonly PrincipalAccess[];
  /** Whoever stands nowhere in it. */
  readonly others:
    | { readonly state: "nobody" }
    | { readonly state: "not-excluded"; readonly reasons: readonly UnknownAccessReason[] };
  /** Service accounts that could, or may have, of whose users nothing was collected. */
  readonly usersNotCollected: readonly string[];
  /** Whether anything tells of break-glass sessions; if not, the answer is about standing access only. */
  readonly breakGlass: "collected" | "not-collected";
};

export const subjectKey = (subject: AccessSubject): string =>
  subject.kind === "person" ? `person:${subject.person}` : `${subject.kind}:${subject.name}`;
export const objectKey = (object: AccessObject): string => `${object.kind}:${object.name}`;

/** The larger, the more a reason says: what ended it, and that last; of one instant, what came instead. */
export function weightOf(why: NoAccessReason): number {
  if (why.kind === "not-listed") return Date.parse(why.at);
  return 1e15 + Date.parse(why.at) + (why.kind === "role-does-not-read" ? 0.5 : 0);
}
