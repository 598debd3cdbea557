/** The documents that management writes for an examination, by the names under which they are asked for. */
import type { WrittenDocument } from "./blocks.ts";
import { dataPictureDocument } from "./description/data-picture.ts";
import { systemDescription } from "./description/system-description.ts";
import { userEntityControls } from "./description/user-entity-controls.ts";
import type { Source } from "./gathered/source.ts";
import { assertionDraft } from "./letters/assertion-draft.ts";
import { bridgeLetter } from "./letters/bridge-letter.ts";
import { inProgressLetter } from "./letters/in-progress-letter.ts";
import { representationInputs } from "./letters/representation-inputs.ts";

export type ManagementDocument = {
  /** What it is, for a list. */
  readonly words: string;
  readonly write: (source: Source) => WrittenDocument;
};

export const managementDocuments: { readonly [name: string]: ManagementDocument } = {
  "system-description": {
    words: "draft of Section III: DC1 to DC9, with what is missing",
    write: systemDescription,
  },
  "data-picture": {
    words: "where data comes from, rests and goes on a day: a picture, and the same in words",
    write: dataPictureDocument,
  },
  "user-entity-controls": {
    words: "complementary controls of users and of subservice organizations",
    write: userEntityControls,
  },
  "assertion-draft": { words: "draft of management's assertion, not signed", write: assertionDraft },
  "representation-inputs": {
    words: "everything on record that management must tell the auditor",
    write: representationInputs,
  },
  "bridge-letter": {
    words: "draft of a letter on the days since the window, not signed",
    write: bridgeLetter,
  },
  "in-progress-letter": {
    words: "draft of a letter for a customer who waits; concludes nothing",
    write: inProgressLetter,
  },
};
