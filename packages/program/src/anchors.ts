/** anchors.yaml: who outside the company gets checkpoints of the log. Without the file, letters to auditor and board are written. */
import type { Problem } from "@countersign/kernel";
import { closed, listOf, matching, name, text, type Schema } from "./schema-parts.ts";
import type { YamlFile } from "./yaml-file.ts";

const address = matching('^[^\\s@<>,;:"]+@[^\\s@<>,;:"]+$', "A mail address", "board@example.com");
const url = (description: string, example: string): Schema =>
  matching("^https?://\\S+$", `${description}: an address that begins with https://`, example);

export const anchorsSchema: Schema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "anchors.yaml",
  ...closed(
    {
      timeStamps: listOf(
        closed({
          id: name("What the authority is called here", "authority"),
          url: url("Where requests are posted (RFC 3161)", "https://tsa.example/tsr"),
          root: text("A PEM file with the root certificate of the authority, beside this file", {
            examples: ["authority-root.pem"],
          }),
        }),
        "Time stamping authorities that stamp a checkpoint each month",
      ),
      witnesses: listOf(
        closed({
          id: name("What the witness is called here", "witness"),
          url: url("The submission prefix (C2SP tlog-witness)", "https://witness.example/"),
          key: text("The witness's verifier key", { examples: ["witness.example+1a2b3c4d+BK…"] }),
        }),
        "Witnesses that cosign a checkpoint each month",
      ),
      letters: listOf(
        closed(
          {
            to: { enum: ["auditor", "board"], description: "Who gets the letter" },
            mail: listOf(address, "Where it is mailed; without it, it is written as a file to be sent", {
              minItems: 1,
            }),
          },
          ["mail"],
        ),
        "Who gets a letter with a checkpoint each month; absent: auditor and board, as files",
      ),
      mail: closed({
        from: address,
        sendmail: matching(
          "^[A-Z][A-Z0-9_]*$",
          "The name of the environment variable that holds the path of a sendmail program",
          "COUNTERSIGN_SENDMAIL",
        ),
      }),
    },
    ["timeStamps", "witnesses", "letters", "mail"],
  ),
};

export type Recipient = "auditor" | "board";

export type StampTarget = { readonly id: string; readonly url: string; readonly root: string };
export type WitnessTarget = { readonly id: string; readonly url: string; readonly key: string };
export type LetterTarget = { readonly to: Recipient; readonly mail?: readonly string[] };

export type Anchors = {
  readonly timeStamps: readonly StampTarget[];
  readonly witnesses: readonly WitnessTarget[];
  readonly letters: readonly LetterTarget[];
  readonly mail?: { readonly from: string; readonly sendmail: string };
};

type Written = { readonly [K in keyof Anchors]?: Anchors[K] };

export const defaultAnchors: Anchors = {
  timeStamps: [],
  witnesses: [],
  letters: [{ to: "auditor" }, { to: "board" }],
};

export function readAnchors(file: YamlFile | undefined): {
  readonly anchors: Anchors;
  readonly problems: readonly Problem[];
} {
  if (file === undefined) return { anchors: defaultAnchors, problems: [] };
  // The schema has been checked.
  const written = file.value as unknown as Written;
  const anchors: Anchors = { ...defaultAnchors, ...written };
  const problems: Problem[] = [];
  const seen = new Set<string>();
  const unique = (id: string, path: readonly (string | number)[]) => {
    if (seen.has(id))
      problems.push({
        code: "duplicate-id",
        what: `there is a second \`${id}\``,
        where: file.at([...path]),
        next: "Give each target a name of its own: what is due is told by it.",
      });
    seen.add(id);
  };
  for (const list of ["timeStamps", "witnesses"] as const)
    for (const [i, target] of anchors[list].entries()) unique(target.id, [list, i, "id"]);
  for (const [i, letter] of anchors.letters.entries()) {
    unique(letter.to, ["letters", i, "to"]);
    if (letter.mail !== undefined && anchors.mail === undefined)
      problems.push({
        code: "mail-not-set",
        what: `the letter to the ${letter.to} is to be mailed, and nothing says how`,
        where: file.at(["letters", i, "mail"]),
        next: "Add `mail: { from: ADDRESS, sendmail: NAME_OF_A_VARIABLE }`, or leave the addresses out.",
      });
  }
  return { anchors, problems };
}
