import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatProblem, type LocalDate, type Problem, type Result } from "@countersign/kernel";
import type { ControlVersion, Program } from "../model.ts";
import { parsed, starter } from "../test-support/files.ts";
import { stateOfProcedure, writtenProcedure } from "./file.ts";
import { procedureOf } from "./page.ts";

const DAY = "2026-01-31" as LocalDate;
const base = parsed({}).program;

function pageOf(program: Program, id: string): string {
  const found = procedureOf(
    { program, criteria: starter().criteria, day: DAY, handleOf: (person) => person },
    id,
  );
  assert.ok(found, `${id} is in force`);
  return found.text;
}

/** Texts that a company could write, and some that would break a page that trusts them. */
const words = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 200 }),
  fc.constantFrom(
    "<!-- countersign procedure CHG-01: end -->",
    "one\n<!-- countersign procedure CHG-01: end -->\ntwo",
    "1. Look.\n2. Decide <b>at once</b>.\n\n3. Write `it` down.",
    "--> # heading\r\n- item\u2028<!-- countersign procedure CHG-01: end -->",
  ),
);
const members = fc.record(
  { statement: words, procedure: words, title: words, ownerRole: words },
  { requiredKeys: [] },
);
const programs: fc.Arbitrary<Program> = fc
  .record({ said: members, evidence: words })
  .map(({ said, evidence }) => ({
    ...base,
    controls: base.controls.map((control): ControlVersion => ({
      ...control,
      ...said,
      activities: control.activities.map((activity) => ({ ...activity, evidence })),
    })),
  }));
/** What people write around the block: anything at all that is no mark. */
const free = fc
  .array(
    fc.oneof(fc.string({ unit: "grapheme" }), fc.constantFrom("\r\n", "\n", "\ufeff", "<!-- mine -->\n")),
  )
  .map((parts) => parts.join(""));
const controls = fc.constantFrom("CHG-01", "IAM-04", "BCP-01");

test("what is written is current, and stays as it is when it is written again", () => {
  fc.assert(
    fc.property(programs, controls, (program, id) => {
      const page = pageOf(program, id);
      const file = valueOfOne(writtenProcedure(id, undefined, page));
      assert.equal(valueOfOne(stateOfProcedure(id, file, page)), "current");
      assert.equal(valueOfOne(writtenProcedure(id, file, page)), file);
    }),
  );
});

test("what people write around the block is kept to the byte, whatever the program says by then", () => {
  fc.assert(
    fc.property(programs, programs, controls, free, free, (before, after, id, above, below) => {
      const [old, now] = [pageOf(before, id), pageOf(after, id)];
      const first = valueOfOne(writtenProcedure(id, undefined, old));
      const top = above === "" ? "" : `${above}\n`;
      const file = `${top}${first}${below}`;
      assert.equal(valueOfOne(stateOfProcedure(id, file, now)), old === now ? "current" : "out-of-date");
      const second = valueOfOne(writtenProcedure(id, file, now));
      assert.equal(second, `${top}${valueOfOne(writtenProcedure(id, undefined, now))}${below}`);
      assert.equal(valueOfOne(stateOfProcedure(id, second, now)), "current");
    }),
  );
});

test("an edit between the marks is found wherever it is, refused, and given up only when that is asked for", () => {
  const page = pageOf(base, "CHG-01");
  const file = `Mine.\n\n${valueOfOne(writtenProcedure("CHG-01", undefined, page))}Mine, too.\n`;
  const begin = file.indexOf("\n", file.indexOf("<!--")) + 1;
  // Without the block's last line break the second mark is none any more, which is another fault.
  fc.assert(
    fc.property(fc.integer({ min: 0, max: page.length - 2 }), fc.constantFrom("x", "", "\n"), (at, put) => {
      const where = begin + at;
      const edited = `${file.slice(0, where)}${put}${file.slice(where + (put === "x" ? 0 : 1))}`;
      fc.pre(edited !== file);
      assert.equal(valueOfOne(stateOfProcedure("CHG-01", edited, page)), "edited");
      const refused = writtenProcedure("CHG-01", edited, page);
      assert.equal(refused.ok ? undefined : refused.error.code, "procedure-edited");
      assert.equal(valueOfOne(writtenProcedure("CHG-01", edited, page, true)), file);
    }),
  );
});

test("ends of lines that git exchanged are no edit, and outside they stay", () => {
  const page = pageOf(base, "CHG-01");
  const file = `Mine.\n${valueOfOne(writtenProcedure("CHG-01", undefined, page))}`.replaceAll("\n", "\r\n");
  assert.equal(valueOfOne(stateOfProcedure("CHG-01", file, page)), "current");
  const again = valueOfOne(writtenProcedure("CHG-01", file, page));
  assert.ok(again.startsWith("Mine.\r\n<!--"), again.slice(0, 20));
  assert.ok(again.endsWith("end -->\n\r\n"), JSON.stringify(again.slice(-12)));
});

test("a file that was written by hand is no block: it is refused, or kept whole below the block", () => {
  const page = pageOf(base, "CHG-01");
  assert.equal(valueOfOne(stateOfProcedure("CHG-01", "By hand.\n", page)), "without-block");
  const refused = writtenProcedure("CHG-01", "By hand.\n", page);
  assert.equal(
    refused.ok ? "" : formatProblem(refused.error),
    [
      "the procedure of CHG-01 has no block that was written from the program",
      "  where  procedures/CHG-01.md",
      "  why    It was written by hand, or the two marks were taken out; what stands there would be printed beside the block.",
      "  next   countersign procedure write CHG-01 --replace puts the block above what is there, and keeps all of it",
    ].join("\n"),
  );
  const put = valueOfOne(writtenProcedure("CHG-01", "By hand.\n", page, true));
  assert.ok(put.endsWith("end -->\n\nBy hand.\n"), put.slice(-40));
  assert.equal(valueOfOne(stateOfProcedure("CHG-01", put, page)), "current");
});

test("marks that are not one pair of the control's own are refused, even when a replacement is asked for", () => {
  const page = pageOf(base, "CHG-01");
  const file = valueOfOne(writtenProcedure("CHG-01", undefined, page));
  const end = "<!-- countersign procedure CHG-01: end -->\n";
  const broken = {
    "the end is gone": file.replace(end, ""),
    "the beginning is gone": file.slice(file.indexOf("\n") + 1),
    "there are two": `${file}${file}`,
    "it is another control's": file.replaceAll("CHG-01", "CHG-02"),
    "the digest is gone": file.replace(/sha256:[0-9a-f]+/, "sha256:0"),
    "the end stands behind words": file.replace(`\n${end}`, end),
    "the end stands first": `${end}${file.replace(end, "")}`,
  };
  for (const [name, text] of Object.entries(broken))
    for (const replace of [false, true]) {
      const refused = writtenProcedure("CHG-01", text, page, replace);
      assert.equal(refused.ok ? "written" : refused.error.code, "procedure-marks", name);
      assert.equal(stateOfProcedure("CHG-01", text, page).ok, false, name);
    }
});

test("the program records the text of each control's procedure by its digest, and of no other file", () => {
  const texts = {
    "procedures/CHG-01.md": "By hand.\n",
    "procedures/XXX-99.md": "Of no control.\n",
    "procedures/notes.txt": "No procedure.\n",
  };
  assert.deepEqual(parsed(texts).program.procedures, [
    {
      control: "CHG-01",
      textDigest: "sha256:83ed69154002df7bea04c40c0cfe1a595adf1faf7ed18f9e35d50a65b2e5a533",
    },
  ]);
  assert.equal(base.procedures, undefined);
});

function valueOfOne<T>(result: Result<T, Problem>): T {
  if (result.ok) return result.value;
  throw new Error(formatProblem(result.error));
}
