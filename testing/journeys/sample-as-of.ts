/**
 * The sample company as its systems would have exported it on a day: rows, commits and reviews that had not come about are not
 * there, and of a row that was there what happened later is blank. A month can then be closed with what was known then.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  formatInstant,
  localDateAt,
  parseInstant,
  parseLocalDate,
  type EpochMs,
  type TimeZone,
} from "../../packages/kernel/src/index.ts";
import { YamlFile } from "../../packages/program/src/yaml-file.ts";
import { itemKindOf } from "../../packages/records/src/index.ts";
import type { SampleCompany } from "../../packages/sample/src/index.ts";
import { importRepository } from "./support.ts";

type Column = string | { readonly column: string; readonly as?: string };
type CsvSource = {
  readonly id: string;
  readonly connector: string;
  readonly provides: string;
  readonly file?: string;
  readonly files?: readonly string[];
  readonly columns?: { readonly [fact: string]: Column };
};

/** Terms that a row names ahead of their time. */
const AHEAD = new Set(["dueAt", "expiresAt"]);

/**
 * Writes exports, repositories and sources.yaml below `home` anew, as of an instant.
 * @param isLost rows of an export that are left out whenever it is taken
 */
export function writeCompanyAsOf(
  company: SampleCompany,
  home: string,
  at: EpochMs,
  isLost: (source: string, row: readonly string[]) => boolean = () => false,
): void {
  const texts = new Map(company.files.map(({ path, bytes }) => [path, Buffer.from(bytes).toString("utf8")]));
  const sourcesText = texts.get("countersign/sources.yaml") ?? "";
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), text);
  };
  write(
    "countersign/sources.yaml",
    sourcesText.replaceAll(/savedAt: "?[0-9T:.Z-]+"?/g, `savedAt: "${formatInstant(at)}"`),
  );
  const read = YamlFile.read({ path: "sources.yaml", text: sourcesText });
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  for (const source of (read.value.value as unknown as { sources: CsvSource[] }).sources) {
    for (const file of [...(source.file === undefined ? [] : [source.file]), ...(source.files ?? [])]) {
      const path = file.replace("../", "");
      const text = texts.get(path) ?? "";
      if (source.connector === "csv") write(path, csvAsOf(text, source, company.options.zone, at, isLost));
      else write(path, pullsAsOf(text, at));
    }
  }
  for (const { path, fastImport } of company.repositories) {
    const folder = join(home, path);
    rmSync(folder, { recursive: true, force: true });
    importRepository(folder, historyAsOf(fastImport, at));
  }
}

function historyAsOf(stream: string, at: EpochMs): string {
  const [head = "", ...commits] = stream.replace(/done\n$/, "").split(/^(?=commit )/m);
  const end = commits.findIndex(
    (commit) => Number(/^committer .*> (\d+) /m.exec(commit)?.[1] ?? 0) * 1000 > at,
  );
  return `${head}${commits.slice(0, end < 0 ? commits.length : end).join("")}done\n`;
}

type Pull = { readonly mergedAt: string; readonly reviews: readonly { readonly submittedAt: string }[] };

function pullsAsOf(text: string, at: EpochMs): string {
  const pulls = (JSON.parse(text) as Pull[])
    .filter(({ mergedAt }) => Date.parse(mergedAt) <= at)
    .map((pull) => ({
      ...pull,
      reviews: pull.reviews.filter(({ submittedAt }) => Date.parse(submittedAt) <= at),
    }));
  return `${JSON.stringify(pulls)}\n`;
}

function csvAsOf(
  text: string,
  { id, provides, columns = {} }: CsvSource,
  zone: TimeZone,
  at: EpochMs,
  isLost: (source: string, row: readonly string[]) => boolean,
): string {
  const [header = [], ...rows] = csvRows(text);
  const today = localDateAt(zone, at);
  const isLater = (cell: string): boolean => {
    const date = parseLocalDate(cell);
    if (date.ok) return date.value > today;
    const instant = parseInstant(cell);
    if (instant.ok) return instant.value > at;
    // A time that nobody can read (30 February) still stands where it would.
    return /^\d{4}-\d{2}-\d{2}T/.test(cell) && cell.slice(0, 10) > today;
  };
  const placeOf = (fact: string): number => {
    const column = columns[fact];
    return column === undefined ? -1 : header.indexOf(typeof column === "string" ? column : column.column);
  };
  const cutOff = placeOf(itemKindOf(provides)?.cutOff ?? "");
  const facts = Object.keys(columns).map((fact) => ({
    ahead: AHEAD.has(fact),
    place: placeOf(fact),
    // Whether it had happened, beside when: `fixed` and `fixedAt`.
    whether: fact.endsWith("At") ? placeOf(fact.slice(0, -2)) : -1,
  }));
  const kept = rows
    .filter((row) => !isLater(row[cutOff] ?? "") && !isLost(id, row))
    .map((row) => {
      const then = [...row];
      for (const { ahead, place, whether } of facts) {
        if (ahead || !isLater(row[place] ?? "")) continue;
        then[place] = "";
        if (whether >= 0) then[whether] = "no";
      }
      return then;
    });
  return [header, ...kept].map((row) => `${row.map(quoted).join(",")}\r\n`).join("");
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

function csvRows(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quotedCell, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^,"\r\n]*))(,|\r\n)/g)) {
    row.push(quotedCell?.replaceAll('""', '"') ?? plain ?? "");
    if (end === ",") continue;
    rows.push(row);
    row = [];
  }
  return rows;
}
