/** The review file of a close: what is unknown in a month, each with a place for the words that explain it. */
import { err, ok, type Problem, type Result } from "@countersign/kernel";
import { stringify } from "yaml";
import { closed, listOf, text, type Schema } from "../schema-parts.ts";
import { problemsOf } from "../validate.ts";
import { YamlFile, type TextFile } from "../yaml-file.ts";

export type ReviewEntry = {
  readonly month: string;
  readonly control: string;
  readonly activity: string;
  readonly reason: string;
  readonly suppliedBy?: string;
  readonly count: number;
  /** For the reader; nothing is taken from it. */
  readonly owner?: string;
  /** What explains it; empty: it stays open. */
  readonly words: string;
};

export type CloseReview = {
  readonly month: string;
  /** Who says the words: a handle or an address, as people.yaml has it. */
  readonly by?: string;
  readonly unknowns: readonly ReviewEntry[];
};

const schema: Schema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "close review",
  ...closed(
    {
      month: text("The month that is closed", { examples: ["2026-05"] }),
      by: text("Who says the words: a handle or an address of people.yaml"),
      unknowns: listOf(
        closed(
          {
            month: text("The month in which the results lie"),
            control: text("The control"),
            activity: text("The activity"),
            reason: text("Why they are unknown"),
            suppliedBy: text("What would supply the fact"),
            count: { type: "integer", minimum: 1, description: "How many results" },
            owner: text("Who carries it while it is open"),
            words: { type: "string", description: "What explains it; empty: it stays open" },
          },
          ["suppliedBy", "owner"],
        ),
        "What is unknown",
      ),
    },
    ["by"],
  ),
};

const HEAD = `# What is unknown in a month, for its close. Write under \`words\` what explains it, and under \`by\` who says so (a handle of
# people.yaml). What has no words stays open and is carried to the next close. Then: countersign close MONTH --review THIS-FILE
`;

export function closeReviewText(review: CloseReview): string {
  return HEAD + stringify(review, { lineWidth: 0 });
}

/** @returns every problem, each with its place, where the file is none */
export function readCloseReview(file: TextFile): Result<CloseReview, readonly Problem[]> {
  const read = YamlFile.read(file);
  if (!read.ok) return read;
  const problems = problemsOf(read.value, schema);
  if (problems.length > 0) return err(problems);
  // It fits the schema above.
  const review = read.value.value as unknown as CloseReview;
  const explained = review.unknowns.findIndex(({ words }) => words.trim() !== "");
  if (explained >= 0 && review.by === undefined)
    return err([
      {
        code: "close-review-by",
        what: "who explains it is not said",
        where: read.value.at(["unknowns", explained, "words"]),
        why: "words without a person are nobody's",
        next: "write `by:` with a handle of people.yaml at the top of the file",
      },
    ]);
  return ok(review);
}
