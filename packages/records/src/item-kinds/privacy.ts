import { bool, optional, person, required, text, timestamp, type ItemKind } from "../schema.ts";

export const consent: ItemKind = {
  kind: "consent",
  variable: "consent",
  words: "a use of personal data that needs the consent of the person it is about",
  cutOff: "usedAt",
  cutOffWords:
    "A use belongs to the window in which it began. Consent given before the window counts for it.",
  keys: ["id"],
  title: "purpose",
  fields: {
    id: required(text, "the use's id in the source"),
    purpose: required(text, "what the data is used for"),
    usedAt: required(timestamp, "when the use began"),
    given: optional(bool, "whether consent had been given when the source was read"),
    givenAt: optional(timestamp, "when it was given"),
    explicitNeeded: optional(bool, "whether the data is of a kind that needs explicit consent"),
    explicit: optional(bool, "whether the consent was explicit"),
  },
};

export const privacyRequest: ItemKind = {
  kind: "privacy-request",
  variable: "privacyRequest",
  words: "a request or complaint of a person about the data on them",
  cutOff: "receivedAt",
  cutOffWords:
    "A request belongs to the window in which it was received. Its answer is not due until its term is over, even after the window.",
  keys: ["id"],
  actor: "handledBy",
  title: "type",
  fields: {
    id: required(text, "the request's id in the source"),
    type: required(text, "access, correction, deletion, disclosures or complaint"),
    receivedAt: required(timestamp, "when it was received"),
    identityChecked: optional(bool, "whether it was checked who asks before anything was given out"),
    answered: optional(bool, "whether it had been answered when the source was read"),
    answeredAt: optional(timestamp, "when it was answered"),
    handledBy: optional(person, "who answered"),
  },
};

export const disclosure: ItemKind = {
  kind: "disclosure",
  variable: "disclosure",
  words: "a time that personal data went to somebody outside",
  cutOff: "knownAt",
  cutOffWords:
    "A disclosure belongs to the window in which the company made it or, where it was not intended, learned of it.",
  keys: ["id"],
  actor: "handledBy",
  title: "recipient",
  fields: {
    id: required(text, "the disclosure's id in the source"),
    recipient: optional(text, "who received the data"),
    knownAt: required(timestamp, "when it was made or, where it was not intended, became known"),
    authorized: optional(bool, "whether it was authorised"),
    basisRecorded: optional(bool, "whether the consent or other ground for it is recorded"),
    reportedByVendor: optional(bool, "whether a vendor reported it"),
    recorded: optional(bool, "whether it stood in the log of disclosures when the source was read"),
    recordedAt: optional(timestamp, "when it was entered there"),
    notified: optional(bool, "whether those affected had been told when the source was read"),
    notifiedAt: optional(timestamp, "when they were told"),
    handledBy: optional(person, "who handled it"),
  },
};
