import assert from "node:assert/strict";
import { test } from "node:test";
import type { PackageView, Page, SheetSource } from "@countersign/application/ports";
import type { Counts } from "@countersign/assessment";
import { checkPackagePath } from "@countersign/package-format";
import { madeUpPackage } from "../fixture/made-up-view.ts";
import { unescaped } from "../fixture/read-html.ts";
import { unzip } from "../fixture/read-zip.ts";
import { CsvParts } from "./csv.ts";
import { sheetsForm, WORKBOOK_ROWS_MAX } from "./form.ts";
import { sheets } from "./sheets.ts";
import { xmlText } from "./workbook.ts";

const made = madeUpPackage();
const source: SheetSource = { rows: () => made.rows };

async function write(view: PackageView, from: SheetSource = source): Promise<Page[]> {
  const written: Page[] = [];
  for await (const page of sheets(view, from)) written.push(page);
  return written;
}

/** The cells of each sheet by the sheet's name, as a spreadsheet shows them. */
function readWorkbook(bytes: Buffer): ReadonlyMap<string, string[][]> {
  const files = unzip(bytes);
  const names = [...(files.get("xl/workbook.xml") ?? "").matchAll(/<sheet [^>]*name="([^"]*)"/g)].map(
    ([, name = ""]) => unescaped(name),
  );
  return new Map(
    names.map((name, index) => {
      const xml = files.get(`xl/worksheets/sheet${index + 1}.xml`) ?? "";
      const rows = [...xml.matchAll(/<row [^>]*>(.*?)<\/row>/gs)].map(([, row = ""]) => {
        const cells: string[] = [];
        for (const [, reference = "", value = ""] of row.matchAll(
          /<c r="([A-Z]+)\d+"[^>]*>(?:<v>|<is><t[^>]*>)(.*?)(?:<\/v>|<\/t><\/is>)<\/c>/gs,
        )) {
          const column =
            Array.from(reference).reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
          while (cells.length < column) cells.push("");
          cells.push(unescaped(value));
        }
        return cells;
      });
      return [name, rows] as const;
    }),
  );
}

test("the workbook opens and holds every occurrence with each attribute's result and reason", async () => {
  const [page, ...more] = await write(made.view);
  assert.equal(page?.path, "items.xlsx");
  assert.deepEqual(more, []);
  const book = readWorkbook(Buffer.from(page.content));
  assert.deepEqual(
    [...book.keys()],
    [
      "About",
      "CHG-01 review",
      "IAM-03 removal v1",
      "IAM-03 removal v2",
      "VUL-02 scan",
      "IAM-01 second-factor",
    ],
  );
  const changes = book.get("CHG-01 review") ?? [];
  assert.equal(changes.length, 1 + 140);
  const [head = []] = changes;
  const column = (name: string): number => {
    const index = head.indexOf(name);
    assert.ok(index >= 0, name);
    return index;
  };
  const deviated = changes.filter((row) => row[column("approved by another person")] === "deviated");
  assert.equal(deviated.length, 2);
  const [row = []] = deviated.filter((one) => one[column("title")]?.includes("<atomic>"));
  assert.equal(row[column("approved by another person: cause or reason")], "reviewed only by its author");
  assert.match(
    row[column("approved before the merge: cause or reason")] ?? "",
    /a commit trailer has no time; would be supplied by/,
  );
  assert.equal(row[column("person")], "Ben Made-up");
  assert.equal(row[column("change.branch")], "main");
  assert.match(row[column("change.approvals")] ?? "", /"bot":false/);
  assert.equal(row[column("time (America/New_York)")], "2025-12-07 08:51 −05:00");
  const months = book.get("VUL-02 scan") ?? [];
  const [heads = []] = months;
  assert.deepEqual(
    months.slice(1).map((one) => one[heads.indexOf("state")]),
    made.rows
      .filter((one) => one.occurrence.control === "VUL-02")
      .map((one) => one.occurrence.state.replace("-", " ")),
  );
});

test("the first sheet says what the list is, of whom, and what it is not", async () => {
  const [page] = await write(made.view);
  const about = new Map(
    (readWorkbook(Buffer.from(page?.content ?? "")).get("About") ?? []).map(([term = "", words = ""]) => [
      term,
      words,
    ]),
  );
  assert.match(about.get("SAMPLE DATA") ?? "", /invented company/);
  assert.match(about.get("What it is not") ?? "", /not an auditor's report/);
  assert.match(about.get("Observation window") ?? "", /July 1, 2025 through June 30, 2026/);
  assert.equal(about.get("Assessment run"), "run-7");
  assert.equal(about.get("Made by"), "countersign 0.1.0");
  assert.equal(about.get("IAM-04 Quarterly access review"), "no occurrence");
});

test("the same rows give the same workbook, whenever it is written", async (t) => {
  const [first] = await write(made.view);
  t.mock.timers.enable({ apis: ["Date"], now: Date.parse("2031-05-06T07:08:10Z") });
  const [second] = await write(made.view);
  assert.ok(Buffer.from(first?.content ?? "").equals(Buffer.from(second?.content ?? "x")));
});

test("no cell of the workbook is a formula, whatever the rows hold", async () => {
  const [row] = made.rows;
  assert.ok(row);
  const hostile = ['=HYPERLINK("x")', " +1", "\uff1d1", "constructor", "a\u0000b", "</t><t>"];
  const rows = hostile.map((title, n) => ({
    ...row,
    occurrence: { ...row.occurrence, id: `${title} ${n}`, title },
  }));
  const [page] = await write(made.view, { rows: () => rows });
  const bytes = Buffer.from(page?.content ?? "");
  for (const [name, text] of unzip(bytes)) assert.doesNotMatch(text, /<f>|<f /, name);
  const sheet = readWorkbook(bytes).get("CHG-01 review") ?? [];
  const title = sheet[0]?.indexOf("title") ?? -1;
  assert.deepEqual(
    sheet.slice(1).map((one) => one[title]),
    ['\'=HYPERLINK("x")', "' +1", "'\uff1d1", "constructor", "a\u2400b", "</t><t>"],
  );
});

test("text that looks like an escape of the format is read back as it is", () => {
  assert.equal(xmlText("a_x0041_b"), "a_x005F_x0041_b");
  assert.equal(xmlText("a\rb<&>"), "a_x000D_b&lt;&amp;&gt;");
});

test("a row of an activity that the summary does not have is refused", async () => {
  const [row] = made.rows;
  assert.ok(row);
  const foreign = { ...row, occurrence: { ...row.occurrence, control: "XXX-99" } };
  await assert.rejects(write(made.view, { rows: () => [foreign] }), /no activity review of XXX-99/);
});

/** The made-up view with its first control said to have so many occurrences. */
function withCount(total: number): PackageView {
  const { summary } = made.view;
  const controls = summary.controls.map((control, n) =>
    n > 0
      ? control
      : {
          ...control,
          activities: control.activities.map((activity) => ({
            ...activity,
            counts: { ...activity.counts, operated: total } satisfies Counts,
          })),
        },
  );
  return { ...made.view, summary: { ...summary, controls } };
}

test("beyond the workbook's size the same columns come as CSV, one list per activity", async () => {
  const view = withCount(WORKBOOK_ROWS_MAX + 1);
  assert.equal(sheetsForm(made.view.summary), "workbook");
  assert.equal(sheetsForm(view.summary), "csv");
  const written = await write(view);
  assert.deepEqual(
    written.map((page) => page.path),
    [
      "sheets/about.csv",
      "sheets/CHG-01.review.001.csv",
      "sheets/IAM-03.removal.v1.001.csv",
      "sheets/IAM-03.removal.v2.001.csv",
      "sheets/VUL-02.scan.001.csv",
      "sheets/IAM-01.second-factor.001.csv",
    ],
  );
  for (const { path } of written) assert.ok(checkPackagePath(path).ok);
  assert.match(String(written[0]?.content), /^SAMPLE DATA,an invented company/);
  const [page] = await write(made.view);
  const [head] = readWorkbook(Buffer.from(page?.content ?? "")).get("CHG-01 review") ?? [];
  const text = Buffer.from(written[1]?.content ?? "").toString();
  assert.equal(text.split("\r\n")[0], `\ufeff${(head ?? []).join(",")}`);
  assert.equal(text.split("\r\n").length, 1 + 140 + 1);
});

test("parts end at their row and byte limits, and each carries the head", () => {
  const parts = new CsvParts({ rows: 3, bytes: 100 });
  parts.open("sheets/a", ["x", "y"]);
  parts.open("sheets/b", ["x"]);
  const out = [
    ...Array.from({ length: 7 }, (_, n) => [...parts.add("sheets/a", [n, "z"])]).flat(),
    ...parts.add("sheets/b", ["w".repeat(200)]),
    ...parts.add("sheets/b", ["v"]),
    ...parts.finish(),
  ];
  assert.deepEqual(
    out.map(({ path, bytes }) => [path, Buffer.from(bytes).toString().split("\r\n").slice(1, -1)]),
    [
      ["sheets/a.001.csv", ["0,z", "1,z", "2,z"]],
      ["sheets/a.002.csv", ["3,z", "4,z", "5,z"]],
      ["sheets/b.001.csv", ["w".repeat(200)]],
      ["sheets/a.003.csv", ["6,z"]],
      ["sheets/b.002.csv", ["v"]],
    ],
  );
  for (const { bytes } of out) assert.match(Buffer.from(bytes).toString(), /^\ufeffx/);
});
