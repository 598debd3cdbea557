/** The pull requests or deployments of one saved file, each with its place in the bytes. */
import { ProblemError, type Json } from "@countersign/kernel";
import type { ReadSink } from "@countersign/application/ports";
import type { FileRead, SavedFile } from "../files/saved-file.ts";
import { asInstant, asList, asNumber, asText, member } from "../json/access.ts";
import { elementsAt, ScanError, scanUnits, type JsonUnit } from "../json/scan.ts";
import { formOf, GRAPHQL_PATH, type Form } from "./forms.ts";

export type Value = {
  readonly form: Exclude<Form, { readonly kind: "graphql-page" | "error-answer" }>;
  readonly offset: number;
  readonly length: number;
};

/** What the file says of itself, once it is read to its end. */
export type FileEnd = {
  readonly read: FileRead;
  readonly values: number;
  /** Answers of a GraphQL query, and what they say of the whole. */
  readonly pages: number;
  readonly total?: number;
  readonly lastPageSaysMore: boolean;
  /** Errors that stand beside data. */
  readonly errors: readonly string[];
  /** A time at which the file cannot have been saved yet is earlier than this. */
  readonly savedAfter?: number;
};

/** GitHub counts requests by the hour, so an answer was given at most this long before the count begins anew. */
const HOUR_MS = 3_600_000;

/** @throws ProblemError where the file is not JSON, ends too early, or is a saved error. */
export async function* valuesOf(file: SavedFile, sink: ReadSink): AsyncGenerator<Value, FileEnd> {
  const end = {
    values: 0,
    pages: 0,
    total: undefined as number | undefined,
    more: false,
    errors: [] as string[],
    after: undefined as number | undefined,
  };
  const chunks = file.read(sink, "application/json");
  let read: FileRead | undefined;
  async function* kept(): AsyncGenerator<Buffer> {
    for (let next = await chunks.next(); ; next = await chunks.next()) {
      if (next.done === true) {
        read = next.value;
        return;
      }
      yield next.value;
    }
  }
  try {
    for await (const unit of scanUnits(kept())) {
      const form = formOf(parse(file, unit));
      if (form.kind === "error-answer") throw savedError(file, form.words);
      if (form.kind !== "graphql-page") {
        end.values += 1;
        yield { form, offset: unit.offset, length: unit.bytes.length };
        continue;
      }
      const ranges = elementsAt(unit.bytes, GRAPHQL_PATH) ?? [];
      end.pages += 1;
      end.total = asNumber(member(form.value, "data", "repository", "pullRequests", "totalCount"));
      end.more = member(form.value, "data", "repository", "pullRequests", "pageInfo", "hasNextPage") === true;
      end.errors.push(
        ...(asList(member(form.value, "errors")) ?? []).map(
          (error) => asText(member(error, "message")) ?? "an error without words",
        ),
      );
      const reset = asInstant(member(form.value, "data", "rateLimit", "resetAt"));
      if (reset !== undefined) end.after = reset - HOUR_MS;
      for (const [index, value] of form.pulls.entries()) {
        end.values += 1;
        // Every element has its own bytes; a page whose text and value disagree is shown whole.
        const range = ranges.length === form.pulls.length ? ranges[index] : undefined;
        const { start, end: stop } = range ?? { start: 0, end: unit.bytes.length };
        yield { form: { kind: "gh-pull", value }, offset: unit.offset + start, length: stop - start };
      }
    }
  } catch (error) {
    if (error instanceof ScanError) throw notJson(file, error.message, error.offset);
    throw error;
  }
  if (read === undefined) throw new Error("a file that was read to its end has a digest");
  return {
    read,
    values: end.values,
    pages: end.pages,
    lastPageSaysMore: end.more,
    errors: end.errors,
    ...(end.total === undefined ? {} : { total: end.total }),
    ...(end.after === undefined ? {} : { savedAfter: end.after }),
  };
}

function parse(file: SavedFile, unit: JsonUnit): Json {
  try {
    return JSON.parse(unit.bytes.toString("utf8")) as Json;
  } catch (error) {
    throw notJson(file, error instanceof Error ? error.message : String(error), unit.offset);
  }
}

function notJson(file: SavedFile, why: string, offset: number): ProblemError {
  return new ProblemError({
    code: "github/not-json",
    what: `${file.path} is not the JSON that gh or the API gives.`,
    where: `${file.path}, byte ${offset}`,
    why,
    next: "save the export again; if it ended early, look at what the command said",
  });
}

function savedError(file: SavedFile, words: string): ProblemError {
  return new ProblemError({
    code: "github/saved-error",
    what: `${file.path} holds an error answer of GitHub and no pull request.`,
    where: file.path,
    why: `GitHub said: ${words}`,
    next: "check with gh auth status that the account may read the repository, and save the export again",
  });
}
