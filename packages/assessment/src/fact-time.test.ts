import assert from "node:assert/strict";
import { test } from "node:test";
import { formatInstant } from "@countersign/kernel";
import { epochOfFact, instantOfFact } from "./fact-time.ts";

test("whatever spelling a fact has, the instant that is read from it has the one of records", () => {
  for (const text of [
    "2026-03-05T22:52:12Z",
    "2026-03-05T22:52:12.500Z",
    "2026-03-05T22:52:59Z",
    "2026-03-05T22:52:12.5Z",
    "2026-03-05T22:52:12+02:00",
    "2016-12-31T23:59:60Z",
    "2016-12-31T23:59:60.500Z",
    "2016-12-31T18:59:60-05:00",
  ]) {
    const at = epochOfFact(text);
    assert.ok(at !== undefined, text);
    assert.equal(instantOfFact(text, at), formatInstant(at), text);
  }
});
