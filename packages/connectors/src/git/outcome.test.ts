import assert from "node:assert/strict";
import { test } from "node:test";
import { checkOutcome } from "./outcome.ts";
import { ticketsIn } from "./tickets.ts";

test("a check trailer says that the check passed unless its value says otherwise", () => {
  const cases = {
    "": "passed",
    "Go LUCI <luci@ci.example>": "passed",
    "failure-bot <failure@ci.example>": "passed",
    PASS: "passed",
    "12 passed, 0 failed": "passed",
    "no errors": "passed",
    fail: "failed",
    Failed: "failed",
    "12 passed, 1 failed": "failed",
    "build: FAILURE": "failed",
    error: "failed",
    "-1": "failed",
    "skipped on docs": "skipped",
    pending: "pending",
  };
  for (const [value, outcome] of Object.entries(cases)) assert.equal(checkOutcome(value), outcome, value);
});

test("tickets come from lines that name them and from the settings' patterns", () => {
  const message =
    'api: limit the rate (LUM-7)\n\nFixes golang/go#12, and LUM-8.\nUpdates: #9\nBug: https://x.example/b/4\nFixes: 1234abcd ("old title")\nThe #44 in prose is none.\n';
  assert.deepEqual(ticketsIn(message, []), ["golang/go#12", "LUM-8", "#9", "https://x.example/b/4"]);
  assert.deepEqual(ticketsIn(message, [/[A-Z]+-[0-9]+/g]), [
    "LUM-7",
    "LUM-8",
    "golang/go#12",
    "#9",
    "https://x.example/b/4",
  ]);
});
