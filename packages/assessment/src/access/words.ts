/** The answer in sentences; times as the asker reads them, persons by what the asker knows of them. */
import type { Instant } from "@countersign/kernel";
import type { PersonId } from "@countersign/records";
import type {
  AccessAnswer,
  AccessObject,
  AccessPath,
  AccessStep,
  AccessSubject,
  KnownAt,
  NoAccessReason,
  PrincipalAccess,
  UnknownAccessReason,
} from "./model.ts";
import { subjectKey } from "./model.ts";

export type AccessNames = {
  readonly person: (person: PersonId) => string;
  /** An instant in the zone of the program. */
  readonly time: (at: Instant) => string;
};

export type AccessWords = {
  readonly principal: (subject: AccessSubject) => string;
  readonly path: (path: AccessPath) => string;
  readonly ground: (step: AccessStep) => string;
  readonly reason: (reason: UnknownAccessReason) => string;
  readonly why: (why: NoAccessReason, principal: AccessSubject) => string;
  readonly left: (left: NonNullable<PrincipalAccess["left"]>) => string;
  /** What the answer as a whole is worth. */
  readonly whole: (answer: AccessAnswer) => readonly string[];
};

export function accessWords(names: AccessNames): AccessWords {
  const { time } = names;
  const principal = (subject: AccessSubject): string =>
    subject.kind === "person"
      ? names.person(subject.person)
      : `${subject.kind === "group" ? "the members of group" : "service account"} ${subject.name}`;
  const holder = (subject: AccessSubject): string =>
    subject.kind === "group" ? `group ${subject.name}` : principal(subject);
  const known = ({ at, by, held }: KnownAt): string =>
    by === "list"
      ? `${held ? "on" : "not on"} the list of ${time(at)}`
      : `${held ? "granted" : "ended"} by the change of ${time(at)}`;

  const step = ({ subject, of, role, since }: AccessStep, isFirst: boolean): string => {
    const who = isFirst ? "" : `, ${subject.kind === "group" ? "whose members" : "which"} `;
    const has =
      of.kind === "group"
        ? isFirst
          ? `member of group ${of.name}`
          : `belong to group ${of.name}`
        : `${isFirst ? "" : subject.kind === "group" ? "have " : "has "}${role === "" ? "access" : role} on ${of.name}`;
    const from =
      since.how === "listed" ? `on the list since ${time(since.at)}` : `${since.how} ${time(since.at)}`;
    return `${who}${has} (${from})`;
  };

  const ground = (of: AccessStep): string => {
    if (of.ground === undefined) return "no grant or approval of it was collected";
    const { ticket, approved, approvedBy, approvedAt } = of.ground;
    const approval =
      approvedBy !== undefined || approved === true
        ? `approved${approvedBy === undefined ? "" : ` by ${names.person(approvedBy)}`}${approvedAt === undefined ? "" : ` ${time(approvedAt)}`}`
        : approved === false
          ? "not approved"
          : "whether it was approved is not told";
    return ticket === undefined ? approval : `${approval}, ${ticket}`;
  };

  const reason = (unknown: UnknownAccessReason): string => {
    const of = objectWords(unknown.of);
    switch (unknown.kind) {
      case "not-collected":
        return `nothing was collected about ${of}`;
      case "list-incomplete":
        return `the list of ${of} of ${time(unknown.at)} is not whole: ${unknown.reason}`;
      case "several-lists":
        return `${unknown.sources.join(" and ")} both list ${of}, and neither is shown to be the whole list`;
      case "role-not-told":
        return `no source says whether ${unknown.role === "" ? "an entry" : `the role ${unknown.role}`} on ${of} lets its holder read`;
      case "change-unclear":
        return `the change of ${of} at ${time(unknown.at)} does not say what it came to`;
      case "members-not-collected":
        return `no list of the members of ${of} was collected`;
      case "session-end-not-told":
        return `the break-glass session that began ${time(unknown.at)} has no end on record`;
      case "not-told-between": {
        const { before, after, gap } = unknown;
        const ends = [before, after].flatMap((each) => (each === undefined ? [] : [known(each)]));
        const bounds =
          ends.length === 2
            ? `${ends.join(", ")}`
            : before !== undefined
              ? `${known(before)}, and nothing later`
              : after !== undefined
                ? `${known(after)}, and nothing earlier`
                : "no list before or after";
        const between =
          gap !== undefined
            ? `${gap.source} does not tell ${time(gap.start)} to ${time(gap.end)} (${gap.reason})`
            : "no source of changes tells what was in between";
        return `${of}: ${bounds}; ${between}`;
      }
    }
  };

  const why = (no: NoAccessReason, of: AccessSubject): string => {
    const object = objectWords(no.of);
    if (no.kind === "not-listed") return `not on the list of ${object} of ${time(no.at)}, nor granted since`;
    const whose = subjectKey(no.subject) === subjectKey(of) ? "" : ` of ${holder(no.subject)}`;
    const what =
      no.of.kind === "group"
        ? `membership${whose} in ${object}`
        : `${no.role === "" ? "access" : no.role}${whose} on ${object}`;
    switch (no.kind) {
      case "removed":
        return `${what} was taken away ${time(no.at)}`;
      case "expired":
        return `${what} ended by itself ${time(no.at)}`;
      case "inactive":
        return `${holder(no.subject)} could not sign in, as the list of ${object} of ${time(no.at)} says`;
      case "role-does-not-read":
        return `has ${what} (${time(no.at)}), which does not let its holder read`;
    }
  };

  return {
    principal,
    ground,
    reason,
    why,
    path: ({ steps, via }) =>
      via === "break-glass" && steps[0] !== undefined
        ? `break-glass session on ${steps[0].of.name}, begun ${time(steps[0].since.at)}`
        : steps.map((each, i) => step(each, i === 0)).join(""),
    left: ({ endedAt, accessRemovedAt }) =>
      `left ${time(endedAt)}${accessRemovedAt === undefined ? "" : `; the list of leavers says that the last access was removed ${time(accessRemovedAt)}`}`,
    whole: (answer) => [
      answer.others.state === "nobody"
        ? "Nobody else could: whoever is not named here stood on no list, and every change since is told."
        : "That nobody else could is not shown; a grant added and removed in a time that nothing tells would leave no trace:",
      ...(answer.others.state === "nobody" ? [] : answer.others.reasons.map((each) => `  ${reason(each)}`)),
      ...answer.usersNotCollected.map(
        (name) =>
          `Who may act as service account ${name} was not collected (list it under resource ${name}).`,
      ),
      ...(answer.breakGlass === "collected"
        ? []
        : ["No break-glass sessions were collected: this is about standing access only."]),
    ],
  };
}

function objectWords({ kind, name }: AccessObject): string {
  return kind === "group" ? `group ${name}` : name;
}
