import { bool, optional, person, required, text, timestamp, type ItemKind } from "../schema.ts";

const dutyCutOff =
  "A duty belongs to the window in which it fell due, whenever it was assigned. One that is done late, even after the window, is tested against its own due time.";

export const acknowledgement: ItemKind = {
  kind: "acknowledgement",
  variable: "acknowledgement",
  words: "a worker's duty to acknowledge a version of a policy",
  cutOff: "dueAt",
  cutOffWords: dutyCutOff,
  keys: ["id", "person"],
  actor: "person",
  title: "policy",
  fields: {
    id: required(text, "the duty's id in the source"),
    person: required(person, "whose duty it is"),
    policy: required(text, "the policy or code of conduct"),
    version: optional(text, "its version"),
    dueAt: required(timestamp, "when it fell due"),
    acknowledged: optional(bool, "whether it had been acknowledged when the source was read"),
    acknowledgedAt: optional(timestamp, "when it was acknowledged"),
  },
};

export const training: ItemKind = {
  kind: "training",
  variable: "training",
  words: "a worker's duty to complete a training",
  cutOff: "dueAt",
  cutOffWords: dutyCutOff,
  keys: ["id", "person"],
  actor: "person",
  title: "course",
  fields: {
    id: required(text, "the duty's id in the source"),
    person: required(person, "whose duty it is"),
    course: required(text, "the training"),
    dueAt: required(timestamp, "when it fell due"),
    completed: optional(bool, "whether it had been completed when the source was read"),
    completedAt: optional(timestamp, "when it was completed"),
  },
};
