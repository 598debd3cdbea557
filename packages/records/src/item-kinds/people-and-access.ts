import {
  bool,
  listOf,
  object,
  optional,
  person,
  required,
  text,
  timestamp,
  type ItemKind,
} from "../schema.ts";

export const hire: ItemKind = {
  kind: "hire",
  variable: "hire",
  words: "a person who joined",
  cutOff: "startedAt",
  cutOffWords:
    "A joiner belongs to the window in which the first day lies. What is owed within days of it is not due until those days are over, even after the window.",
  keys: ["person", "id"],
  actor: "person",
  fields: {
    id: required(text, "the record's id in the source"),
    person: required(person, "who joined"),
    startedAt: required(timestamp, "the first day"),
    role: optional(text, "the role"),
    employment: optional(text, "employee, contractor, …"),
    backgroundChecked: optional(
      bool,
      "whether a background check had been completed when the source was read",
    ),
    backgroundCheckedAt: optional(timestamp, "when the background check was completed"),
    accessGranted: optional(bool, "whether any access had been granted when the source was read"),
    accessGrantedAt: optional(timestamp, "when the first access was granted"),
    trained: optional(bool, "whether the training had been completed when the source was read"),
    trainedAt: optional(timestamp, "when the security and AI training was completed"),
    acknowledged: optional(bool, "whether the acknowledgement had been given when the source was read"),
    acknowledgedAt: optional(timestamp, "when the code of conduct and the policies were acknowledged"),
  },
};

export const leaver: ItemKind = {
  kind: "leaver",
  variable: "leaver",
  words: "a person who left",
  cutOff: "endedAt",
  cutOffWords:
    "A leaver belongs to the window in which the employment ended. Removal may lie after the window's end: it is tested against the term that runs from the end of employment.",
  keys: ["person", "id"],
  actor: "person",
  fields: {
    id: required(text, "the record's id in the source"),
    person: required(person, "who left"),
    endedAt: required(timestamp, "when the employment ended"),
    accessRemoved: optional(bool, "whether all access had been removed when the source was read"),
    accessRemovedAt: optional(timestamp, "when the last access was removed"),
    removals: optional(
      listOf(
        object({
          system: required(text, "the system"),
          removedAt: optional(timestamp, "when access to it was removed"),
        }),
      ),
      "removal, system by system",
    ),
  },
};

export const accessGrant: ItemKind = {
  kind: "access-grant",
  variable: "accessGrant",
  words: "an access that was granted or raised",
  cutOff: "grantedAt",
  cutOffWords: "A grant belongs to the window in which the system granted it.",
  keys: ["id"],
  actor: "person",
  title: "system",
  fields: {
    id: required(text, "the grant's id in the source"),
    person: required(person, "who received it"),
    system: required(text, "the system"),
    role: optional(text, "the role or permission"),
    grantedAt: required(timestamp, "when the system granted it"),
    grantedBy: optional(person, "who carried it out"),
    requestedAt: optional(timestamp, "when it was asked for"),
    approved: optional(bool, "whether anybody had approved it when the source was read"),
    approvedBy: optional(person, "who approved it"),
    approvedAt: optional(timestamp, "when it was approved"),
    ticket: optional(text, "the request"),
    privileged: optional(bool, "whether it reaches production or customer data"),
    expiresAt: optional(timestamp, "when it ends by itself"),
  },
};

export const account: ItemKind = {
  kind: "account",
  variable: "account",
  words: "an account on an access list",
  cutOff: "listedAt",
  cutOffWords: "An account belongs to the list that was taken at the stated time.",
  keys: ["id", "person"],
  actor: "person",
  title: "system",
  fields: {
    id: required(text, "the account's id in the system"),
    system: required(text, "the system"),
    listedAt: required(timestamp, "when the list was taken"),
    person: optional(person, "whose account it is; absent for a service account"),
    service: optional(bool, "whether it belongs to a service"),
    role: optional(text, "the role or permission"),
    mfa: optional(bool, "whether a second factor is enforced"),
    active: optional(bool, "whether it can sign in"),
    decision: optional(text, "keep or remove, as the reviewer decided"),
    reviewer: optional(person, "who decided"),
    reviewedAt: optional(timestamp, "when"),
    removedAt: optional(timestamp, "when the account was removed"),
  },
};
