/** What the file shows and what it cannot show, in sentences. */
import { formatInstant } from "@countersign/kernel";
import type { Extraction, Lack } from "@countersign/records";
import { countWords, numberWords } from "../text/counted.ts";
import type { CsvSettings } from "./settings.ts";

export type RowsRead = {
  /** Rows below the header, empty lines aside. */
  readonly rows: number;
  readonly items: number;
  readonly outside: number;
  readonly rejected: number;
  readonly firstRejected: readonly string[];
  /** How many items have an empty cell for a fact. */
  readonly empty: ReadonlyMap<string, number>;
};

export function extractionOf(path: string, found: RowsRead): Extraction {
  if (found.rejected > 0) {
    const more = found.rejected - found.firstRejected.length;
    return {
      state: "partial",
      reasons: [
        `${path}: ${numberWords(found.rejected)} of ${countWords(found.rows, "row")} could not be read as an item`,
        ...found.firstRejected,
        ...(more > 0 ? [`and ${countWords(more, "more row")}, each among the exclusions`] : []),
      ],
    };
  }
  const outside = found.outside === 0 ? "" : ` and ${numberWords(found.outside)} outside the window`;
  return {
    state: "complete",
    proof: `${path} was read to its end: ${countWords(found.rows, "row")} below the header, ${countWords(found.items, "item")}${outside}`,
  };
}

export function lacksOf(settings: CsvSettings, found: RowsRead): readonly Lack[] {
  const { kind } = settings;
  const filled = new Set([...settings.columns, ...settings.constants].map((plan) => plan.field));
  const lack = (field: string, reason: string, suppliedBy: string): Lack => ({
    field: `${kind.variable}.${field}`,
    reason,
    suppliedBy,
  });
  return Object.entries(kind.fields).flatMap(([field, { required }]) => {
    if (required) return [];
    if (!filled.has(field))
      return [
        lack(field, `the mapping of ${settings.file} names no column for it`, "a column of the mapping"),
      ];
    const empty = found.empty.get(field) ?? 0;
    return empty === 0
      ? []
      : [
          lack(
            field,
            `its cell is empty in ${numberWords(empty)} of ${countWords(found.items, "item")} of ${settings.file}`,
            "the source itself",
          ),
        ];
  });
}

export function cautionsOf(settings: CsvSettings, found: readonly string[]): readonly string[] {
  return [
    "The file was saved by a person and holds what it holds: that nothing is missing is shown only by reconciliation with another source.",
    settings.savedAt === undefined
      ? "When the file was saved is not said; it is taken to hold the whole window."
      : `The file is said to have been saved at ${formatInstant(settings.savedAt)}.`,
    ...(settings.watches === undefined
      ? []
      : [
          `That the file holds every ${settings.kind.kind} of ${settings.watches.join(", ")} is the company's own word.`,
        ]),
    ...found,
    ...(settings.encoding === "latin1"
      ? [
          "The file was read as windows-1252, in which every byte is a character: a wrong encoding would go unseen.",
        ]
      : []),
  ];
}
