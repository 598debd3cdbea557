import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import fc from "fast-check";
import { KeySet, parseTrailers } from "./trailers.ts";

const none = new KeySet([]);
const keys = (message: string, known = none): readonly string[] =>
  parseTrailers(message, known).map((trailer) => `${trailer.key}=${trailer.value}`);

test("trailers are found where other lines stand among them", () => {
  const message =
    "net: close the pool\n\nIt leaked.\n\nFixes golang/go#1\nChange-Id: I1\nsee the notes\nReviewed-by: Bo <bo@x>\n";
  assert.deepEqual(keys(message), ["Change-Id=I1", "Reviewed-by=Bo <bo@x>"]);
});

test("a paragraph of trailers directly above the last one counts, and prose between ends it", () => {
  assert.deepEqual(keys("t\n\nA-by: a\n\nB-by: b\n\nC-by: c"), ["A-by=a", "B-by=b", "C-by=c"]);
  assert.deepEqual(keys("t\n\nA-by: a\n\nIn words.\n\nC-by: c"), ["C-by=c"]);
});

test("the title is never a trailer, nor is an address of the web", () => {
  assert.deepEqual(keys("fix: close the pool"), []);
  assert.deepEqual(keys("\n\nfix: close the pool\nReviewed-by: me"), []);
  assert.deepEqual(keys("title\n\nhttps://lumen.example/1\nTicket: 4"), ["Ticket=4"]);
});

test("a value goes on in indented lines, and lines end as in Windows too", () => {
  assert.deepEqual(keys("t\r\n\r\nNote: one\r\n  two\r\n\tthree\r\nother\r\n  lost\r\n"), [
    "Note=one two three",
  ]);
});

test("a key with spaces counts only where the settings speak of it", () => {
  const message = "t\n\nDifferential Revision: D1\nThis change: is prose";
  assert.deepEqual(keys(message), []);
  assert.deepEqual(keys(message, new KeySet(["Differential-Revision"])), ["Differential Revision=D1"]);
});

const token = fc.constantFrom("Reviewed-by", "Signed-off-by", "Change-Id", "x", "A1-b", "Fixes");
const word = fc.stringMatching(/^[A-Za-z0-9<>@.,"#()-]{1,12}$/);
const value = fc.array(word, { minLength: 1, maxLength: 5 }).map((words) => words.join(" "));
const trailerLine = fc
  .tuple(token, fc.constantFrom(":", ": ", " : ", ":\t"), value, fc.array(value, { maxLength: 2 }))
  .map(
    ([key, separator, text, more]) =>
      `${key}${separator}${text}${more.map((line) => `\n  ${line}`).join("")}`,
  );
const otherLine = value.filter((line) => !line.startsWith("#")).map((line) => `a ${line}`);
const block = fc.oneof(
  fc.array(trailerLine, { minLength: 1, maxLength: 5 }),
  // git accepts other lines among trailers where one is a sign-off and a quarter of the lines are trailers.
  fc
    .tuple(fc.array(trailerLine, { minLength: 1, maxLength: 4 }), otherLine)
    .map(([lines, other]) => ["Signed-off-by: Ada Example <ada@lumen.example>", ...lines, other]),
);

test("wherever git itself finds trailers in a last paragraph, the same are found here", () => {
  let compared = 0;
  fc.assert(
    fc.property(otherLine, otherLine, block, (title, body, lines) => {
      const message = `${title}\n\n${body}\n\n${lines.join("\n")}\n`;
      const git = spawnSync("git", ["interpret-trailers", "--parse", "--no-divider"], { input: message });
      assert.equal(git.status, 0, git.stderr.toString());
      const theirs = git.stdout
        .toString()
        .split("\n")
        .filter((line) => line !== "");
      if (theirs.length === 0) return;
      compared += 1;
      const ours = parseTrailers(message, none).map((one) => `${one.key}: ${one.value}`);
      assert.deepEqual(
        ours,
        theirs.map((line) => line.trimEnd()),
      );
    }),
    { numRuns: 150 },
  );
  assert.ok(compared > 100, `only ${compared} messages had trailers`);
});

test("no message makes the parser fail, and every trailer it finds stands in the message", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 200 }), (message) => {
      for (const trailer of parseTrailers(message, none)) assert.ok(message.includes(trailer.key));
    }),
  );
});

test("a message of two million characters is read in a moment", () => {
  const started = performance.now();
  for (const filler of ["(", "a: ", " ", "<", "Fixes #", "a-"]) {
    parseTrailers(`t\n\n${filler.repeat(2_000_000 / filler.length)}\n\nReviewed-by: x`, none);
  }
  assert.ok(performance.now() - started < 3000);
});
