import assert from "node:assert/strict";
import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { ProblemError, type JsonObject, type Problem } from "@countersign/kernel";
import { temporaryFolder } from "../test-support/git-repository.ts";
import { readWith } from "../test-support/memory-sink.ts";
import { csv } from "./index.ts";

const columns = { id: "Employee id", person: "Work email", endedAt: "Ended" };

async function problemsOf(
  t: TestContext,
  content: string | Buffer,
  settings: JsonObject = { columns },
): Promise<readonly Problem[]> {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, "leavers.csv"), content);
  try {
    await readWith(csv, { file: "leavers.csv", ...settings }, { provides: "leaver", folder });
  } catch (error) {
    if (error instanceof ProblemError) return error.problems;
    throw error;
  }
  throw new Error("nothing was refused");
}

test("a delimiter that does not fit the header is named, with the one that would", async (t) => {
  const [problem] = await problemsOf(t, "Employee id;Work email;Ended\n", { columns, delimiter: "," });
  assert.deepEqual(
    [problem?.code, problem?.where, problem?.next],
    ["csv/delimiter", "leavers.csv, row 1", 'set delimiter: ";" for the source, or leave the setting out'],
  );
  assert.match(problem?.why ?? "", /"Employee id;Work email;Ended"/);
});

test("a column that is not there is told with those that are, and with the nearest", async (t) => {
  const problems = await problemsOf(t, "Employee ID,Work e-mail,Left\n");
  assert.deepEqual(
    problems.map((problem) => [problem.code, problem.next]),
    [
      ["csv/no-such-column", 'did you mean "Employee ID"?'],
      ["csv/no-such-column", 'did you mean "Work e-mail"?'],
      ["csv/no-such-column", "correct columns: of the source in sources.yaml, or export the column"],
    ],
  );
  assert.equal(problems[0]?.why, 'Its columns are "Employee ID", "Work e-mail", "Left".');
  const other = await problemsOf(t, "Ticket^Opened^Closed\n");
  assert.deepEqual(
    other.map((problem) => problem.code),
    ["csv/no-such-columns"],
    "one thing is wrong",
  );
  assert.match(other[0]?.next ?? "", /set delimiter: for the source/);
  const [twice] = await problemsOf(t, "Employee id,Work email,Ended,Ended\n");
  assert.equal(twice?.code, "csv/column-twice");
});

test("rows that are wrong one and all are refused together, and nothing is read from them", async (t) => {
  const [problem] = await problemsOf(
    t,
    "Employee id,Work email,Ended\nE-1,a@lumen.example,soon\nE-2,b@lumen.example,later\n",
  );
  assert.deepEqual([problem?.code, problem?.where], ["csv/no-item", "leavers.csv, row 2"]);
  assert.match(problem?.why ?? "", /"soon" is not .*; none of the 2 rows can be read/);
});

test("bytes that are not UTF-8 are told by their offset, with the encoding to try", async (t) => {
  const [problem] = await problemsOf(
    t,
    Buffer.from("Employee id,Work email,Ended\nE-1,j\xfcrgen@lumen.example,x\n", "latin1"),
  );
  assert.deepEqual([problem?.code, problem?.where], ["csv/not-utf-8", "leavers.csv, byte 34"]);
  assert.match(problem?.next ?? "", /encoding: latin1/);
});

test("an empty file, an open quote and an endless row are refused with their place", async (t) => {
  for (const content of ["", "\n\n", "\ufeff"]) {
    assert.equal((await problemsOf(t, content))[0]?.code, "csv/empty", JSON.stringify(content));
  }
  const [open] = await problemsOf(t, 'Employee id,Work email,Ended\nE-1,a@b,x\nE-2,"a@b,x\nE-3,a@b,x\n');
  assert.deepEqual([open?.code, open?.where], ["csv/broken", "leavers.csv, row 3, byte 39"]);
  const [endless] = await problemsOf(t, `Employee id,Work email,Ended\nE-2,"${"a".repeat(1 << 21)}",x\n`);
  assert.deepEqual(
    [endless?.code, endless?.what],
    ["csv/broken", "Row 2 of leavers.csv is longer than a mebibyte."],
  );
});

test("a file of two gigabytes is refused before a byte of it is read, and one that is missing with its path", async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, "big.csv");
  writeFileSync(path, "Employee id\n");
  truncateSync(path, 2 ** 31);
  const refused = async (file: string): Promise<string | undefined> => {
    try {
      await readWith(csv, { file, columns }, { provides: "leaver", folder });
    } catch (error) {
      return error instanceof ProblemError ? error.problems[0]?.code : undefined;
    }
    return undefined;
  };
  assert.equal(await refused("big.csv"), "file/too-large");
  assert.equal(await refused("absent.csv"), "file/missing");
  assert.equal(await refused("."), "file/not-a-file");
});

test("a mapping that does not fit the kind is told in full, before the file is opened", async (t) => {
  const problems = await problemsOf(t, "", {
    columns: {
      id: "Employee id",
      person: { column: "Work email", as: "mail" },
      endedat: "Ended",
      removals: "Removals",
      accessRemovedAt: { column: "Removed", as: "end-of-day" },
      accessRemoved: { colum: "All removed" },
    },
    defaults: { accessRemoved: "perhaps" },
    zone: "New York",
    delimiter: "^",
    dateFormat: "DD.MM",
    savedAt: "yesterday",
    enconding: "latin1",
  });
  assert.deepEqual(
    problems.map((problem) => [
      problem.code,
      problem.where?.replace("sources.yaml, source tested, ", ""),
      problem.next,
    ]),
    [
      ["settings/value", "zone", "write e.g. zone: America/New_York"],
      ["settings/value", "columns.person", "did you mean as: email?"],
      ["settings/unknown-key", "columns.endedat", "did you mean endedAt?"],
      ["settings/value", "columns.removals", "remove it; another connector supplies it"],
      [
        "settings/missing",
        "columns.accessRemovedAt",
        "set zone: for the source, e.g. zone: America/New_York",
      ],
      ["settings/missing", "columns.accessRemoved.column", "name it as the header of the file does"],
      ["settings/value", "defaults.accessRemoved", "write the value as a cell of the file would hold it"],
      ["settings/missing", "columns.endedAt", "name the column that holds it: endedAt: Name of the column"],
      ["settings/value", "delimiter", 'write one of "," ";" "|" tab, or leave it out'],
      ["settings/value", "savedAt", "write date, time and zone: savedAt: 2026-07-01T09:00:00Z"],
      ["settings/value", "dateFormat", "write e.g. dateFormat: DD/MM/YYYY"],
      ["settings/unknown-key", "enconding", "did you mean encoding?"],
      ["settings/unknown-key", "columns.accessRemoved.colum", "did you mean column?"],
    ],
  );
});

test("what a file is said to watch needs the time until which it does, and a kind that can be watched", async (t) => {
  const [kind] = await problemsOf(t, "", { columns, watches: ["store"] });
  assert.deepEqual(
    [kind?.code, kind?.next],
    ["settings/value", "leave it out; it is for access-event and session"],
  );
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, "changes.csv"), "Id,At,Action\n");
  const changes = { id: "Id", changedAt: "At", action: "Action" };
  const settings = { file: "changes.csv", columns: changes, watches: ["store", "group:ml"] };
  await assert.rejects(
    readWith(csv, settings, { provides: "access-event", folder }),
    /savedAt: 2026-07-01T09:00:00Z/,
  );
  const savedAt = "2026-04-01T00:00:00Z";
  const { outcome } = await readWith(csv, { ...settings, savedAt }, { provides: "access-event", folder });
  assert.deepEqual(outcome.parameters["watches"], ["store", "group:ml"]);
  assert.ok(
    outcome.cautions.includes(
      "That the file holds every access-event of store, group:ml is the company's own word.",
    ),
  );
});
