import { bool, integer, optional, person, required, text, timestamp, type ItemKind } from "../schema.ts";

export const dataset: ItemKind = {
  kind: "dataset",
  variable: "dataset",
  words: "a version of a dataset that was admitted to training, evaluation or retrieval",
  cutOff: "admittedAt",
  cutOffWords: "A version belongs to the window in which it was admitted.",
  keys: ["id", "digest"],
  actor: "addedBy",
  title: "name",
  fields: {
    id: required(text, "the version's id in the source"),
    name: required(text, "the dataset"),
    admittedAt: required(timestamp, "when it was admitted"),
    addedBy: optional(person, "who brought it in"),
    digest: optional(text, "the digest of its manifest"),
    origin: optional(text, "where it comes from"),
    rightsRecorded: optional(bool, "whether its origin and the right to use it are recorded"),
    classified: optional(bool, "whether it has a class of confidentiality"),
    piiScanned: optional(bool, "whether it was scanned for personal data"),
    approved: optional(bool, "whether anybody had approved it when the source was read"),
    approvedBy: optional(person, "who approved it"),
    approvedAt: optional(timestamp, "when it was approved"),
  },
};

export const deletion: ItemKind = {
  kind: "deletion",
  variable: "deletion",
  words: "data that had to be deleted, on request or at the end of its retention",
  cutOff: "raisedAt",
  cutOffWords:
    "A deletion belongs to the window in which it was asked for or the retention ended. It is not due until its term is over, even after the window.",
  keys: ["id"],
  actor: "handledBy",
  title: "what",
  fields: {
    id: required(text, "the deletion's id in the source"),
    what: optional(text, "which data"),
    reason: optional(text, "request or expiry"),
    raisedAt: required(timestamp, "when it was asked for, or the retention ended"),
    deleted: optional(bool, "whether it had been deleted when the source was read"),
    deletedAt: optional(timestamp, "when the last store had deleted it"),
    everyStore: optional(bool, "whether deletion is shown for every store of the data map"),
    handledBy: optional(person, "who carried it out"),
  },
};

export const storeContent: ItemKind = {
  kind: "store-content",
  variable: "storeContent",
  words: "what a data store held when somebody looked",
  cutOff: "listedAt",
  cutOffWords: "A look belongs to the window in which it was taken; it says nothing of a later time.",
  keys: ["id"],
  title: "store",
  fields: {
    id: required(text, "the look's id in the source"),
    store: required(text, "the store, as the program names it"),
    listedAt: required(timestamp, "when it was looked at"),
    empty: optional(bool, "whether it held nothing"),
    entries: optional(integer, "how many entries it held"),
    oldestAt: optional(timestamp, "when the oldest entry that it held came in"),
  },
};

export const qualityBreach: ItemKind = {
  kind: "quality-breach",
  variable: "qualityBreach",
  words: "a time that a promised quality metric left its threshold",
  cutOff: "detectedAt",
  cutOffWords: "A breach belongs to the window in which the monitor detected it.",
  keys: ["id"],
  actor: "handledBy",
  title: "metric",
  fields: {
    id: required(text, "the breach's id in the source"),
    metric: required(text, "the metric"),
    model: optional(text, "the model that it is about"),
    detectedAt: required(timestamp, "when it was detected"),
    ticketed: optional(bool, "whether it had a ticket when the source was read"),
    ticketedAt: optional(timestamp, "when the ticket was opened"),
    ticket: optional(text, "the ticket"),
    handledBy: optional(person, "who took it"),
  },
};

export const notice: ItemKind = {
  kind: "notice",
  variable: "notice",
  words: "a change that those outside had to be told of",
  cutOff: "effectiveAt",
  cutOffWords:
    "A change belongs to the window in which it took effect. A notice sent before the window counts for it.",
  keys: ["id"],
  actor: "sentBy",
  title: "subject",
  fields: {
    id: required(text, "the change's id in the source"),
    topic: required(text, "commitments, system or privacy"),
    subject: optional(text, "what changes"),
    effectiveAt: required(timestamp, "when it took effect"),
    sent: optional(bool, "whether the notice had been sent when the source was read"),
    sentAt: optional(timestamp, "when it was sent"),
    sentBy: optional(person, "who sent it"),
  },
};
