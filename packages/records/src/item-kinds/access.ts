/**
 * Who holds access to what, and since when: entries of lists that were taken, members of groups on such lists, and the
 * changes between them. In all three, whoever holds it (the subject) is exactly one of `person`, `serviceAccount`, `group`.
 */
import { bool, optional, person, required, text, timestamp, type Fields, type ItemKind } from "../schema.ts";

const listCutOff =
  "An entry belongs to the list that was taken at the stated time, and a list to the window in which it was taken. All entries of one list state the same time.";

const subject: Fields = {
  person: optional(person, "the person who holds it"),
  serviceAccount: optional(text, "the service account that holds it"),
  group: optional(text, "the group that holds it, for all its members"),
};

export const accessEntry: ItemKind = {
  kind: "access-entry",
  variable: "accessEntry",
  words: "an entry on a list of who has access to a resource",
  cutOff: "listedAt",
  cutOffWords: listCutOff,
  keys: ["id", "person"],
  actor: "person",
  title: "resource",
  fields: {
    id: required(text, "the entry's id on this list"),
    resource: required(text, "the system, store or bucket; a service account, of those who may act as it"),
    listedAt: required(timestamp, "when the list was taken"),
    ...subject,
    role: optional(text, "the role or permission"),
    reads: optional(bool, "whether the role lets its holder read what is in the resource"),
    active: optional(bool, "whether the holder can sign in; absent: can"),
    expiresAt: optional(timestamp, "when it ends by itself"),
    grant: optional(text, "the id of the grant in the list of grants"),
  },
};

export const groupMember: ItemKind = {
  kind: "group-member",
  variable: "groupMember",
  words: "a member on a list of a group's members",
  cutOff: "listedAt",
  cutOffWords: listCutOff,
  keys: ["id", "person"],
  actor: "person",
  title: "inGroup",
  fields: {
    id: required(text, "the entry's id on this list"),
    inGroup: required(text, "the group whose members are listed"),
    listedAt: required(timestamp, "when the list was taken"),
    ...subject,
    active: optional(bool, "whether the member can sign in; absent: can"),
    expiresAt: optional(timestamp, "when the membership ends by itself"),
  },
};

export const accessEvent: ItemKind = {
  kind: "access-event",
  variable: "accessEvent",
  words: "a time that an access or a membership was granted, changed or removed",
  cutOff: "changedAt",
  cutOffWords: "A change belongs to the window in which the system made it.",
  keys: ["id"],
  actor: "changedBy",
  title: "resource",
  fields: {
    id: required(text, "the change's id in the source"),
    changedAt: required(timestamp, "when the system made it"),
    action: required(text, "granted, changed or removed; what it says holds from then on"),
    resource: optional(text, "what the access is to"),
    inGroup: optional(text, "the group, where it is a membership that changed"),
    ...subject,
    role: optional(
      text,
      "the role that was granted or removed, or that it was changed to; of a removal, absent: every role",
    ),
    fromRole: optional(
      text,
      "of a change, the role that it replaced; absent: every role that the holder had",
    ),
    reads: optional(bool, "whether the role lets its holder read what is in the resource"),
    expiresAt: optional(timestamp, "when it ends by itself"),
    changedBy: optional(person, "who carried it out"),
    grant: optional(text, "the id of the grant in the list of grants"),
    approved: optional(bool, "whether anybody had approved it when the source was read"),
    approvedBy: optional(person, "who approved it"),
    approvedAt: optional(timestamp, "when it was approved"),
    ticket: optional(text, "the request"),
  },
};
