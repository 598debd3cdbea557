import assert from "node:assert/strict";
import { test } from "node:test";
import type { LocalDate } from "@countersign/kernel";
import { withWindow } from "./edit-window.ts";

const next = { from: "2026-07-01" as LocalDate, through: "2027-06-30" as LocalDate };
const edited = (text: string) => {
  const done = withWindow({ path: "countersign/program.yaml", text }, next);
  return done.ok ? done.value.text : done.error.code;
};

test("the two days are written anew, and every other byte stays", () => {
  const flow = `# ours\r\nwindow: { through: 2026-06-30,   from: "2025-07-01", zone: UTC } # one\r\nname: 2025-07-01\r\n`;
  assert.equal(
    edited(flow),
    flow.replace("through: 2026-06-30", "through: 2027-06-30").replace('"2025-07-01"', '"2026-07-01"'),
  );
  const block =
    "window:\n  from: '2025-07-01' # first\n  through: 2026-06-30\n  zone: UTC\ncategories: [security]\n";
  assert.equal(
    edited(block),
    block.replace("'2025-07-01'", "'2026-07-01'").replace("2026-06-30", "2027-06-30"),
  );
});

test("a file without a window is not written", () => {
  assert.equal(edited("organization: { id: a, name: A }\n"), "window-unwritten");
  assert.equal(edited("window: { from: 2025-07-01 }\n"), "window-unwritten");
});
