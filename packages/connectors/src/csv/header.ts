/** Finds out how a file is written and where the mapped columns stand, or says what does not fit. */
import { ProblemError, type Problem } from "@countersign/kernel";
import type { SavedFile } from "../files/saved-file.ts";
import { nearest } from "../settings/suggest.ts";
import type { ColumnPlan } from "./columns.ts";
import { firstRow, type Writing } from "./rows.ts";
import { DELIMITERS, type CsvSettings, type Encoding } from "./settings.ts";

const HEAD_BYTES = 1 << 16;

export type Located = { readonly plan: ColumnPlan; readonly positions: readonly number[] };

export type Header = {
  readonly writing: Writing;
  readonly names: readonly string[];
  readonly columns: readonly Located[];
  /** What was found and not said by the settings, for the cautions. */
  readonly found: readonly string[];
};

/** @throws ProblemError when a mapped column is not there, stands twice, or the file holds nothing. */
export async function readHeader(file: SavedFile, settings: CsvSettings): Promise<Header> {
  const head = await file.head(HEAD_BYTES);
  const marked = markOf(head);
  if (marked === "utf-16be") throw new ProblemError(unsupported(file));
  const encoding = settings.encoding ?? marked ?? "utf-8";
  const writing = (delimiter: string): Writing => ({ encoding, mark: marked !== undefined, delimiter });
  const candidates =
    settings.delimiter === undefined ? [...new Set(Object.values(DELIMITERS))] : [settings.delimiter];
  const readings = candidates.map((delimiter) => ({
    delimiter,
    names: firstRow(head, writing(delimiter)).map((name) => name.trim()),
  }));
  const wanted = settings.columns.flatMap((plan) => plan.columns);
  const fits = (names: readonly string[]): number =>
    wanted.filter((name) => names.includes(name.trim())).length;
  const best = readings.toSorted(
    (left, right) => fits(right.names) - fits(left.names) || right.names.length - left.names.length,
  )[0];
  if (best === undefined || best.names.every((name) => name === ""))
    throw new ProblemError(empty(file, wanted));
  const problems = misfits(file, settings, best.names, best.delimiter);
  if (problems.length > 0) throw new ProblemError(problems);
  return {
    writing: writing(best.delimiter),
    names: best.names,
    columns: settings.columns.map((plan) => ({
      plan,
      positions: plan.columns.map((name) => best.names.indexOf(name.trim())),
    })),
    found: [
      ...(marked === undefined
        ? []
        : [
            `The file starts with a byte order mark of ${encoding.toUpperCase()}, which is no part of the first column's name.`,
          ]),
      ...(settings.delimiter === undefined && best.delimiter !== ","
        ? [`The columns are separated by ${shownDelimiter(best.delimiter)}, as the header shows.`]
        : []),
    ],
  };
}

function markOf(head: Buffer): Encoding | "utf-16be" | undefined {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return "utf-8";
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  return head[0] === 0xfe && head[1] === 0xff ? "utf-16be" : undefined;
}

function misfits(
  file: SavedFile,
  settings: CsvSettings,
  names: readonly string[],
  delimiter: string,
): readonly Problem[] {
  const wanted = [...new Set(settings.columns.flatMap((plan) => plan.columns.map((name) => name.trim())))];
  const missing = wanted.filter((name) => !names.includes(name));
  const where = `${file.path}, row 1`;
  const twice = wanted.filter((name) => names.indexOf(name) !== names.lastIndexOf(name));
  const listed = names.map((name) => JSON.stringify(name)).join(", ");
  const other = otherDelimiter(names, delimiter);
  if (missing.length > 0 && other !== undefined) {
    return [
      {
        code: "csv/delimiter",
        what: `The columns of ${file.path} are not separated by ${shownDelimiter(delimiter)}.`,
        where,
        why: `Its header reads ${listed}; it lacks ${missing.map((name) => JSON.stringify(name)).join(", ")}.`,
        next: `set delimiter: ${other === "\t" ? "tab" : JSON.stringify(other)} for the source, or leave the setting out`,
      },
    ];
  }
  const none = missing.length > 1 && missing.length === wanted.length;
  if (none && missing.every((name) => nearest(name, names) === undefined))
    return [otherFile(file, missing, names)];
  return [
    ...missing.map((name): Problem => {
      const near = nearest(name, names);
      return {
        code: "csv/no-such-column",
        what: `${file.path} has no column ${JSON.stringify(name)}.`,
        where,
        why: `Its columns are ${listed}.`,
        next:
          near === undefined
            ? "correct columns: of the source in sources.yaml, or export the column"
            : `did you mean ${JSON.stringify(near)}?`,
      };
    }),
    ...twice.map((name): Problem => ({
      code: "csv/column-twice",
      what: `${file.path} has the column ${JSON.stringify(name)} twice.`,
      where,
      why: "Which of them holds the fact cannot be told.",
      next: "rename one of them where the file is made, and save it again",
    })),
  ];
}

const NAMES_SHOWN = 8;

/** None of the columns is there, nor anything like them: one thing is wrong, and it is not the columns. */
function otherFile(file: SavedFile, missing: readonly string[], names: readonly string[]): Problem {
  const shown = names
    .slice(0, NAMES_SHOWN)
    .map((name) => JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name));
  return {
    code: "csv/no-such-columns",
    what: `${file.path} has none of the columns that are mapped: ${missing.map((name) => JSON.stringify(name)).join(", ")}.`,
    where: `${file.path}, row 1`,
    why: `Its first row reads ${shown.join(", ")}${names.length > NAMES_SHOWN ? ", …" : ""}.`,
    next:
      names.length === 1
        ? "where another character separates the columns, set delimiter: for the source; else correct file: or columns: in sources.yaml"
        : "correct file: or columns: of the source in sources.yaml",
  };
}

/** Another delimiter that stands in a name of the header, where there are few names for it to be a coincidence. */
function otherDelimiter(names: readonly string[], delimiter: string): string | undefined {
  const others = [...new Set(Object.values(DELIMITERS))].filter((other) => other !== delimiter);
  return others.find((other) => names.some((name) => name.split(other).length > names.length));
}

function shownDelimiter(delimiter: string): string {
  return delimiter === "\t" ? "tabs" : `"${delimiter}"`;
}

function empty(file: SavedFile, wanted: readonly string[]): Problem {
  return {
    code: "csv/empty",
    what: `${file.path} holds no header.`,
    where: file.path,
    why: `Its first row should name the columns, ${wanted.map((name) => JSON.stringify(name)).join(", ")} among them.`,
    next: "save the export again; one without rows still has its header",
  };
}

function unsupported(file: SavedFile): Problem {
  return {
    code: "csv/encoding",
    what: `${file.path} is UTF-16 with its bytes in the other order, which is not read.`,
    where: `${file.path}, byte 0`,
    next: "save the file as UTF-8",
  };
}
