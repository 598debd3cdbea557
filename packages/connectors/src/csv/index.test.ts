import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import fc from "fast-check";
import { parse } from "csv-parse/sync";
import type { JsonObject } from "@countersign/kernel";
import { temporaryFolder } from "../test-support/git-repository.ts";
import { readWith, resolverOf, type Reading, type ReadOptions } from "../test-support/memory-sink.ts";
import { csv } from "./index.ts";

const people = resolverOf({
  ada: ["email:ada@lumen.example", "okta:ada.e", "name:Ada Example", "handle:ada"],
  bo: ["email:bo@lumen.example"],
});

const leavers = {
  zone: "America/New_York",
  columns: {
    id: "Employee id",
    person: { column: "Work email", as: "email" },
    endedAt: { column: "Last day", as: "end-of-day" },
    accessRemovedAt: "Access removed",
  },
};

async function read(
  t: TestContext,
  content: string | Buffer,
  settings: JsonObject = leavers,
  options: ReadOptions = {},
): Promise<Reading> {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, "list.csv"), content);
  return readWith(
    csv,
    { file: "list.csv", ...settings },
    { provides: "leaver", person: people, folder, ...options },
  );
}

const header = "Employee id,Work email,Last day,Access removed";

test("a row becomes an item of the kind, by the mapping and the types of its facts", async (t) => {
  const { sink, outcome } = await read(
    t,
    `${header}\r\nE-1,ada@lumen.example,2026-03-05,2026-03-06T09:00:00-05:00\r\nE-2,bo@lumen.example,2026-03-09,\r\n`,
  );
  assert.deepEqual(
    sink.items.map(({ item }) => item),
    [
      { id: "E-1", person: "ada", endedAt: "2026-03-06T04:59:59Z", accessRemovedAt: "2026-03-06T14:00:00Z" },
      { id: "E-2", person: "bo", endedAt: "2026-03-10T03:59:59Z" },
    ],
  );
  assert.deepEqual(outcome.extraction, {
    state: "complete",
    proof: "list.csv was read to its end: 2 rows below the header, 2 items",
  });
  const lack = outcome.lacks.find(({ field }) => field === "leaver.accessRemovedAt");
  assert.match(lack?.reason ?? "", /empty in 1 of 2 items/);
  assert.match(
    outcome.lacks.find(({ field }) => field === "leaver.removals")?.reason ?? "",
    /names no column/,
  );
});

test("every kind of reading works, and constants stand in for what is in no column", async (t) => {
  const settings = {
    columns: {
      id: { columns: ["System", "Account"] },
      system: "System",
      listedAt: "Taken",
      person: { column: "Owner", as: "login:okta" },
      mfa: "MFA",
      decision: { column: "Decision", values: { OK: "keep", OUT: "remove" } },
      reviewer: { column: "By", as: "name" },
    },
    defaults: { active: true, role: "member" },
  };
  const content =
    "System|Account|Taken|Owner|MFA|Decision|By\nvpn|a1|2026-05-01T00:00:00Z|ada.e|Yes|OUT|Ada Example\n";
  const { sink, outcome } = await read(t, content, settings, { provides: "account" });
  assert.deepEqual(
    sink.items.map(({ item }) => item),
    [
      {
        id: "vpn/a1",
        system: "vpn",
        listedAt: "2026-05-01T00:00:00Z",
        person: "ada",
        mfa: true,
        decision: "remove",
        reviewer: "ada",
        active: true,
        role: "member",
      },
    ],
  );
  assert.ok(outcome.cautions.some((caution) => caution.includes('separated by "|"')));
  const vendors = {
    columns: {
      id: "Id",
      name: "Name",
      onboardedAt: "Since",
      receives: { column: "Data", as: "list:;" },
      retentionDays: "Days",
    },
  };
  const vendor = await read(
    t,
    "Id,Name,Since,Data,Days\n1,Lamp Co,2026-01-02T00:00:00Z,prompts; logs;,30\n",
    vendors,
    { provides: "vendor" },
  );
  assert.deepEqual(vendor.sink.factsOf("1").receives, ["prompts", "logs"]);
  assert.equal(vendor.sink.factsOf("1").retentionDays, 30);
});

test("what cannot be an item is left out with its row and the reason, and the read is partial", async (t) => {
  const rows = [
    "E-1,ada@lumen.example,2026-03-05,",
    "E-2,bo@lumen.example,05/03/2026,",
    "E-3,bo@lumen.example,2026-02-30,",
    "E-4,,2026-03-05,",
    "E-1,bo@lumen.example,2026-03-06,",
    "E-5,not an address,2026-03-05,",
    "E-6,bo@lumen.example,2026-03-05,2026-03-06 09:00,extra",
    "E-7,bo@lumen.example",
    "E-8,bo@lumen.example,2025-12-30,",
    "E-9,bo@lumen.example,2026-03-05,soon",
    ",bo@lumen.example,2026-03-05,",
  ];
  const { sink, outcome } = await read(t, [header, ...rows].join("\n"));
  assert.deepEqual(
    sink.items.map(({ item }) => item.id),
    ["E-1"],
  );
  assert.deepEqual(
    sink.exclusions.map(({ id, reason }) => `${id}: ${reason}`),
    [
      'row 3: the column "Last day" cannot be read: "05/03/2026" is not a date (YYYY-MM-DD)',
      'row 4: the column "Last day" cannot be read: "2026-02-30" is no such day',
      'row 5: the column "Work email" is empty, and person is always needed',
      'row 6: it has the id "E-1" that row 2 has',
      'row 7: the column "Work email" cannot be read: it is not an email address',
      "row 8: it has 5 cells, and the header has 4",
      "row 9: it has 2 cells, and the header has 4",
      "row 10: its endedAt, 2025-12-31T04:59:59Z, lies outside the window",
      'row 11: the column "Access removed" cannot be read: "soon" is not a date and time (RFC 3339)',
      'row 12: the column "Employee id" is empty, and id is always needed',
    ],
  );
  assert.equal(outcome.rowsRead, 11);
  assert.ok(outcome.extraction.state === "partial");
  assert.equal(outcome.extraction.reasons[0], "list.csv: 9 of 11 rows could not be read as an item");
  assert.equal(outcome.extraction.reasons.at(-1), "and 4 more rows, each among the exclusions");
});

test("a time without a zone is read in the zone of the settings, and in none without it", async (t) => {
  const content = "Id,System,Who,At\n1,vpn,ada@lumen.example,2026-03-05 09:00\n";
  const columns = { id: "Id", system: "System", person: "Who", grantedAt: "At" };
  const zoned = await read(t, content, { columns, zone: "Europe/Berlin" }, { provides: "access-grant" });
  assert.equal(zoned.sink.factsOf("1").grantedAt, "2026-03-05T08:00:00Z");
  const both = `${content}2,vpn,ada@lumen.example,2026-03-06T09:00:00Z\n`;
  const bare = await read(t, both, { columns }, { provides: "access-grant" });
  assert.deepEqual(bare.sink.exclusions, [
    {
      id: "row 2",
      reason:
        'the column "At" cannot be read: "2026-03-05 09:00" is a time without a zone; set zone: for the source, e.g. zone: Europe/Berlin',
    },
  ]);
});

test("nobody is resolved for a row that is no item", async (t) => {
  const asked: string[] = [];
  const person: typeof people = (hints) => {
    asked.push(hints.email ?? "");
    return people(hints);
  };
  await read(
    t,
    `${header}\nE-1,ada@lumen.example,2025-03-05,\nE-2,bo@lumen.example,never,\nE-3,bo@lumen.example,2026-03-05,\n`,
    leavers,
    { person },
  );
  assert.deepEqual(asked, ["bo@lumen.example"]);
});

test("byte order marks, encodings, quotes and line ends make no difference to the facts", async (t) => {
  const text = `${header}\n"E-1","ada@lumen.example",2026-03-05,""\n\n  \n`;
  const expected = { id: "E-1", person: "ada", endedAt: "2026-03-06T04:59:59Z" };
  const forms: readonly (readonly [string, Buffer, JsonObject])[] = [
    ["UTF-8", Buffer.from(text), {}],
    ["CRLF", Buffer.from(text.replaceAll("\n", "\r\n")), {}],
    ["CR", Buffer.from(text.replaceAll("\n", "\r")), {}],
    ["header LF, rows CRLF", Buffer.from(text.replaceAll('"\n', '"\r\n')), {}],
    ["mark", Buffer.from(`\ufeff${text}`), {}],
    ["semicolons", Buffer.from(text.replaceAll(",", ";")), {}],
    ["tabs", Buffer.from(text.replaceAll(",", "\t")), { delimiter: "tab" }],
    ["a tab itself", Buffer.from(text.replaceAll(",", "\t")), { delimiter: "\t" }],
    ["UTF-16 with a mark", Buffer.from(`\ufeff${text}`, "utf16le"), {}],
    ["UTF-16", Buffer.from(text, "utf16le"), { encoding: "utf-16le" }],
  ];
  for (const [name, content, more] of forms) {
    const { sink, outcome } = await read(t, content, { ...leavers, ...more });
    assert.deepEqual(
      sink.items.map(({ item }) => item),
      [expected],
      name,
    );
    assert.deepEqual([outcome.rowsRead, outcome.extraction.state], [1, "complete"], name);
    assert.ok(sink.bytesOf("list.csv").equals(content), name);
    assert.equal(
      outcome.cautions.some((caution) => caution.includes("byte order mark")),
      name.includes("mark"),
      name,
    );
  }
});

test("an older encoding is read where the settings say so", async (t) => {
  const content = Buffer.from("Id,Name,Since\n1,Gr\xfcn \x80,2026-01-02T00:00:00Z\n", "latin1");
  const columns = { id: "Id", name: "Name", onboardedAt: "Since" };
  const { sink } = await read(t, content, { columns, encoding: "latin1" }, { provides: "vendor" });
  assert.equal(sink.factsOf("1").name, "Grün €");
});

test("cells that look like formulas are kept as they are", async (t) => {
  const columns = { id: "Id", name: "Name", onboardedAt: "Since" };
  const { sink } = await read(
    t,
    "Id,Name,Since\n=1+1,\"=cmd|' /C calc'!A0\",2026-01-02T00:00:00Z\n",
    { columns },
    { provides: "vendor" },
  );
  assert.equal(sink.factsOf("=1+1").name, "=cmd|' /C calc'!A0");
});

test("a file with a header alone is a recorded zero", async (t) => {
  const { sink, outcome } = await read(t, `${header}\n`);
  assert.deepEqual([sink.items.length, outcome.rowsRead, outcome.extraction.state], [0, 0, "complete"]);
});

test("a read covers no more than the time at which the file is said to have been saved", async (t) => {
  const { outcome } = await read(t, `${header}\n`, { ...leavers, savedAt: "2026-04-01T00:00:00Z" });
  assert.equal(outcome.covers.end, Date.parse("2026-04-01T00:00:00Z"));
});

test("whatever the cells hold, the raw slice of an item parses back to its row", async (t) => {
  const columns = { id: "Id", name: "Name", onboardedAt: "Since" };
  const cell = fc
    .string({
      unit: fc.constantFrom("a", '"', ",", "\n", "\r\n", ";", " ", "ü", "€", "😀", "="),
      minLength: 1,
      maxLength: 12,
    })
    .filter((text) => text.trim() !== "");
  const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  const property = fc.asyncProperty(
    fc.array(cell, { maxLength: 6 }),
    fc.constantFrom("\n", "\r\n"),
    fc.boolean(),
    fc.boolean(),
    async (names, end, mark, lastEnd) => {
      const rows = names.map((name, index) => [String(index), name, "2026-01-02T00:00:00Z"]);
      const lines = [["Id", "Name", "Since"], ...rows].map((row) => row.map(quoted).join(","));
      const content = `${mark ? "\ufeff" : ""}${lines.join(end)}${lastEnd ? end : ""}`;
      const { sink } = await read(t, content, { columns }, { provides: "vendor" });
      assert.equal(sink.items.length, rows.length);
      for (const [index, { item, raw }] of sink.items.entries()) {
        assert.equal(item.name, rows[index]?.[1]?.trim());
        const slice = raw.map((ref) => sink.slice(ref)).at(0) ?? Buffer.alloc(0);
        assert.deepEqual(parse(slice), [rows[index]]);
      }
    },
  );
  await fc.assert(property, { numRuns: 60 });
});

test("an event whose time is its only trace is a yes or a no, by whether the cell is filled", async (t) => {
  const columns = {
    id: "Employee id",
    person: { column: "Work email", as: "email" },
    endedAt: { column: "Last day", as: "end-of-day" },
    accessRemoved: { column: "Access removed", as: "filled" },
    accessRemovedAt: "Access removed",
  };
  const { sink } = await read(
    t,
    `${header}\nE-1,ada@lumen.example,2026-03-05,2026-03-06T09:00:00Z\nE-2,bo@lumen.example,2026-03-09,\n`,
    { columns, zone: "UTC" },
  );
  assert.deepEqual([sink.factsOf("E-1").accessRemoved, sink.factsOf("E-2").accessRemoved], [true, false]);
  assert.equal(sink.factsOf("E-2").accessRemovedAt, undefined);
});
