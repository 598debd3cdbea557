import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { LocalDate } from "@countersign/kernel";
import { ListLeaves } from "@countersign/ledger";
import type { WindowBody } from "@countersign/records";
import { checkCloses } from "./check-closes.ts";
import { chooseMonth, monthStates, monthWords, type CloseRow } from "./closes.ts";
import { itemsByMonth } from "./month-items.ts";

const window: WindowBody = {
  from: "2026-01-01" as LocalDate,
  through: "2026-03-31" as LocalDate,
  zone: "UTC",
};
const erased = `{"erased":"${"a".repeat(64)}"}`;
const line = (id: number, month: number): string =>
  `{"item":{"firedAt":"2026-${String(month).padStart(2, "0")}-15T00:00:00Z","id":"${String(id).padStart(3, "0")}"},"raw":[],"salt":"${"0".repeat(32)}"}`;

const list = fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 30 });

test("months share out the items: each is in one, outside the window, or erased", () => {
  fc.assert(
    fc.property(list, fc.nat(3), (placed, gone) => {
      const lines = [
        ...placed.map((month, id) => line(id, month)),
        ...Array.from({ length: gone }, () => erased),
      ];
      const found = itemsByMonth("alert", lines, window);
      const inside = [...found.months.values()].reduce((sum, { count }) => sum + count, 0);
      assert.equal(inside + found.outside + found.hidden, lines.length);
      assert.equal(found.outside, placed.filter((month) => month > 3).length);
    }),
  );
});

test("a month's root is that of its own lines, whatever stands between them", () => {
  fc.assert(
    fc.property(list, (placed) => {
      const lines = placed.map((month, id) => line(id, month));
      const leaves = new ListLeaves();
      for (const each of lines.filter((_, i) => placed[i] === 2)) leaves.addLines(`${each}\n`);
      assert.deepEqual(itemsByMonth("alert", lines, window).months.get("2026-02"), {
        count: leaves.count,
        root: leaves.root(),
      });
    }),
  );
});

const lines = [line(1, 1), line(2, 2), line(3, 2)];

function closeOf(month: string, more: { count?: number; root?: string; record?: string } = {}): CloseRow {
  const found = itemsByMonth("alert", lines, window).months.get(month);
  assert.ok(found !== undefined);
  const through = { "2026-01": "2026-01-31", "2026-02": "2026-02-28", "2026-03": "2026-03-31" }[month] ?? "";
  const population = { population: "alerts", kind: "alert", record: "rec_1", version: 4, ...found, ...more };
  const body = {
    month,
    close: `cls_${month}`,
    from: `${month}-01`,
    through,
    window,
    populations: [population],
  };
  // What is looked at of a close here is nothing else.
  return {
    key: "",
    record: "rec_c",
    recordedAt: "2026-04-01T00:00:00Z",
    subject: month,
    body,
  } as unknown as CloseRow;
}

function checked(closes: readonly CloseRow[], of: readonly string[] | undefined) {
  const told: string[] = [];
  const result = checkCloses(
    closes,
    () => of,
    (where, recorded, counted) => told.push(`${where}: ${recorded}, ${counted}`),
  );
  return { told, ...result };
}

test("a count or a root of a close that its list does not give is named, with month and population", () => {
  assert.deepEqual(checked([closeOf("2026-01"), closeOf("2026-02")], lines), {
    told: [],
    closes: 2,
    unchecked: 0,
  });
  const { told } = checked([closeOf("2026-01"), closeOf("2026-02", { count: 3 })], lines);
  assert.equal(told.length, 1);
  assert.match(told[0] ?? "", /^close of 2026-02, alerts@4: 3 items under [0-9a-f]{64}, 2 items under/);
  assert.equal(checked([closeOf("2026-02", { root: "0".repeat(64) })], lines).told.length, 1);
});

test("what is not all here is said to be unchecked, never to differ", () => {
  assert.deepEqual(checked([closeOf("2026-02")], undefined), { told: [], closes: 1, unchecked: 1 });
  assert.deepEqual(checked([closeOf("2026-02")], [line(1, 1), line(2, 2), erased]), {
    told: [],
    closes: 1,
    unchecked: 1,
  });
  // A month of which no line was erased is checked all the same.
  assert.deepEqual(checked([closeOf("2026-01")], [line(1, 1), line(2, 2), erased]).unchecked, 0);
});

const at = (text: string): number => Date.parse(text);
const refusal = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return (error as { problems: readonly { code: string }[] }).problems[0]?.code ?? "";
  }
  return "none";
};

test("the oldest month that is over is closed first, each once, and never one that is not over", () => {
  const states = (closes: readonly CloseRow[], now: string) => monthStates(closes, window, at(now));
  const none = states([], "2026-03-01T00:00:00Z");
  assert.equal(monthWords(none), "0 of 3 months closed, due: 2026-01, 2026-02");
  assert.equal(chooseMonth(none, {}).month.id, "2026-01");
  assert.equal(
    refusal(() => chooseMonth(none, { month: "2026-02" })),
    "close-order",
  );
  assert.equal(
    refusal(() => chooseMonth(none, { month: "2026-03" })),
    "close-not-over",
  );
  assert.equal(
    refusal(() => chooseMonth(none, { month: "2026-07" })),
    "close-unknown-month",
  );
  assert.equal(
    refusal(() => chooseMonth(none, { month: "2026-01", again: "words" })),
    "close-again",
  );
  const one = states([closeOf("2026-01")], "2026-03-01T00:00:00Z");
  assert.equal(chooseMonth(one, {}).month.id, "2026-02");
  assert.equal(
    refusal(() => chooseMonth(one, { month: "2026-01" })),
    "close-twice",
  );
  assert.deepEqual(chooseMonth(one, { month: "2026-01", again: "words" }).again, {
    close: "cls_2026-01",
    reason: "words",
  });
  const both = states([closeOf("2026-01"), closeOf("2026-02")], "2026-03-31T23:59:59Z");
  assert.equal(
    refusal(() => chooseMonth(both, {})),
    "close-nothing-due",
  );
  // A close of a window of other days is none of this one's.
  const other = { ...window, from: "2026-01-15" as LocalDate };
  assert.equal(monthStates([closeOf("2026-01")], other, at("2026-03-01T00:00:00Z"))[0]?.state, "due");
});
