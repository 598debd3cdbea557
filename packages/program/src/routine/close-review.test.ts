import assert from "node:assert/strict";
import { test } from "node:test";
import { closeReviewText, readCloseReview } from "./close-review.ts";

const entry = {
  month: "2026-05",
  control: "CHG-01",
  activity: "merge",
  reason: "source-lacks-fact",
  count: 3,
  words: "",
};
const review = { month: "2026-05", unknowns: [{ ...entry, suppliedBy: "github", owner: "Ada: one" }, entry] };
const read = (text: string) => readCloseReview({ path: "review.yaml", text });
const problems = (text: string) => {
  const found = read(text);
  return found.ok ? [] : found.error.map(({ code, where }) => `${code} ${where ?? ""}`);
};

test("a review file reads back as it was written", () => {
  assert.deepEqual(read(closeReviewText(review)), { ok: true, value: review });
});

test("words need a person, and what the file does not know is refused with its place", () => {
  const text = closeReviewText({ ...review, unknowns: [{ ...entry, words: "the forge was moved" }] });
  assert.match(problems(text).join(), /^close-review-by review\.yaml:\d+:\d+$/);
  assert.ok(read(`by: ada\n${text}`).ok);
  assert.match(problems(`by: ada\nnote: hello\n${text}`).join(), /review\.yaml:2:1/);
  assert.equal(problems("month: 2026-05\n").length, 1);
});
