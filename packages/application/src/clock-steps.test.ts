import assert from "node:assert/strict";
import { test } from "node:test";
import { clockStepWords } from "./clock-steps.ts";
import { trustWords } from "./verification-words.ts";

const step = (size: number) => ({ size, at: Date.UTC(2026, 0, 1), before: Date.UTC(2026, 0, 2) });
const trusted = (sizes: readonly number[]) =>
  trustWords({
    keyMadeAt: "2026-01-01T00:00:00.000Z" as never,
    protection: { since: undefined, holders: [] },
    sampleData: false,
    clockSteps: sizes.map(step),
  }).doesNotShow.join("\n");

test("a clock that only went forward is no sentence, on no page", () => {
  assert.equal(clockStepWords([]), undefined);
  assert.doesNotMatch(trusted([]), /clock was set back/);
});

test("a clock that was set back is told with the checkpoint and both times; more than three are counted", () => {
  assert.match(
    trusted([12]),
    /that times in records follow one another: .* set back before the checkpoint of 12 records \(2026-01-02T00:00:00(?:\.000)?Z, then 2026-01-01T00:00:00(?:\.000)?Z\)$/m,
  );
  assert.match(
    clockStepWords([1, 2, 3, 4, 5].map(step)) ?? "",
    /of 3 records [^,]*, then [^,]*, and 2 more$/,
  );
});
