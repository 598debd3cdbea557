/** Lists of names as people export them (spend, sign-on, egress), in one CSV file: list, name, and the record where there is one. */
import { parse } from "csv-parse/sync";
import { CsvError } from "csv-parse";
import { err, ok, type Problem, type Result } from "@countersign/kernel";

export type NameOnList = { readonly list: string; readonly name: string; readonly record?: string };

const EXAMPLE = "The first line is `list,name`; then for example `spend,Example Cloud Inc.`";
const MOST_PROBLEMS = 10;

/**
 * @param bytes UTF-8, with or without a byte order mark; columns `list` and `name`, and `record` if there is one; others are
 *   passed over
 * @param path as messages name the file
 */
export function readNames(
  bytes: Uint8Array,
  path: string,
): Result<readonly NameOnList[], readonly Problem[]> {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return refused("names/not-utf-8", `${path} is not UTF-8 text`, path, "Save the file as UTF-8.");
  }
  const rows = rowsOf(text, path);
  if (!rows.ok) return rows;
  const [header, ...rest] = rows.value;
  if (header === undefined) return refused("names/empty", `${path} is empty`, path, EXAMPLE);
  const columns = header.cells.map((cell) => cell.trim().toLowerCase());
  const [list, name, record] = ["list", "name", "record"].map((column) => columns.indexOf(column)) as [
    number,
    number,
    number,
  ];
  if (list < 0 || name < 0)
    return refused(
      "names/no-column",
      `${path} has no column ${[list < 0 ? "`list`" : "", name < 0 ? "`name`" : ""].filter((each) => each !== "").join(" and no column ")}`,
      `${path}, row ${header.number}`,
      EXAMPLE,
    );
  const problems: Problem[] = [];
  const names = rest.flatMap(({ cells, number }): readonly NameOnList[] => {
    const at = (column: number): string => (cells[column] ?? "").trim();
    const missing = [at(list) === "" ? "list" : "", at(name) === "" ? "name" : ""].filter(
      (each) => each !== "",
    );
    if (cells.length !== columns.length || missing.length > 0) {
      problems.push({
        code: "names/bad-row",
        what:
          cells.length === columns.length
            ? `row ${number} of ${path} has no ${missing.join(" and no ")}`
            : `row ${number} of ${path} has ${cells.length} cells, and the first row has ${columns.length}`,
        where: `${path}, row ${number}`,
        next: "Fill it in, or remove the row. A name with a comma needs quotes.",
      });
      return [];
    }
    return [
      { list: at(list), name: at(name), ...(record >= 0 && at(record) !== "" && { record: at(record) }) },
    ];
  });
  if (problems.length === 0) return ok(names);
  const more = problems.length - MOST_PROBLEMS;
  return err([
    ...problems.slice(0, MOST_PROBLEMS),
    ...(more > 0
      ? [{ code: "names/bad-row", what: `${more} more rows of ${path} cannot be read`, where: path }]
      : []),
  ]);
}

type Row = { readonly number: number; readonly cells: readonly string[] };

function rowsOf(text: string, path: string): Result<readonly Row[], readonly Problem[]> {
  try {
    const parsed = parse(text, {
      bom: true,
      relax_column_count: true,
      skip_empty_lines: true,
      info: true,
    }) as unknown as readonly {
      readonly info: { readonly lines: number };
      readonly record: readonly string[];
    }[];
    return ok(parsed.map(({ info, record }) => ({ number: info.lines, cells: record })));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return refused(
      "names/broken",
      `${path} cannot be read as CSV: ${error.message}`,
      path,
      "Mend the quotes of that row.",
    );
  }
}

function refused(code: string, what: string, where: string, next: string): Result<never, readonly Problem[]> {
  return err([{ code, what, where, next }]);
}
