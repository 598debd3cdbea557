import assert from "node:assert/strict";
import { test } from "node:test";
import { checkExpression, parseProgram } from "../index.ts";
import { personIdOf, starter, valueOf } from "../test-support/files.ts";
import { programFromAnswers } from "./files.ts";
import { questions, readAnswers, type Lines } from "./questions.ts";

const all: Lines = Object.fromEntries(questions.map(({ id, example }) => [id, example]));

function begun(lines: Lines) {
  const read = readAnswers(lines);
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  const { window } = read.value;
  if (window === undefined) throw new Error("no window");
  const { files, open } = programFromAnswers({ ...read.value, window }, starter(), "folder");
  const parsed = valueOf(parseProgram(files, starter(), { personIdOf, check: checkExpression }));
  return { files, open, program: parsed.program, people: parsed.people };
}

test("there are at most twelve questions, and the example of each is an answer to it", () => {
  assert.ok(questions.length <= 12);
  assert.ok(readAnswers(all).ok);
});

test("a company with one cloud and two model providers gets a program that validates, and says what was answered", () => {
  const { program, people, open } = begun(all);
  assert.deepEqual(open, []);
  assert.deepEqual(program.categories, ["security", "availability", "confidentiality"]);
  const { system } = program;
  assert.deepEqual(
    system?.vendors.map(({ id }) => id),
    ["example-cloud", "first-models", "second-models", "example-forge", "example-sign-on"],
  );
  assert.deepEqual(
    system?.models.map(({ versions }) => versions[0]?.vendor),
    ["first-models", "second-models"],
  );
  assert.deepEqual(
    system?.stores.map(({ id, versions }) => [id, versions[0]?.retention?.days, versions[0]?.training]),
    [
      ["prompt-log", 30, { allowed: false }],
      ["vector-index", undefined, { allowed: false }],
      ["object-storage", 365, { allowed: false }],
    ],
  );
  assert.deepEqual(
    people.map(({ name }) => name),
    ["Ada Example"],
  );
});

test("whichever questions are not answered, the program validates, and asserts nothing in their place", () => {
  for (const skipped of questions.filter(({ required }) => required !== true)) {
    const { open } = begun({ ...all, [skipped.id]: null });
    assert.deepEqual(open, [skipped.id]);
  }
  const { program, open } = begun({ window: all.window ?? null });
  assert.equal(open.length, questions.length - 1);
  assert.deepEqual(Object.values(program.system ?? {}).flat(), [], "a thing that nobody named");
  assert.equal(program.none, undefined, "what was not answered is not said to be none");
  assert.deepEqual(program.categories, ["security"]);
});

test("every kind of promise, place, service and store that a question names is read", () => {
  const { program } = begun({
    ...all,
    services: "api, web-application, model-hosting, agent, managed-platform",
    promises:
      "uptime sla, confidentiality terms, deletion documentation, accuracy law, privacy privacy-notice",
    stores: "prompt-log, vector-index, object-storage, feature-store, database 7",
    training: "yes",
  });
  assert.equal(program.categories.length, 5);
  assert.equal(program.system?.stores.length, 5);
  assert.deepEqual(program.system?.stores[4]?.versions[0]?.training, {
    allowed: true,
    ground: "the customer's contract",
  });
});

test("a promise of which nobody says where it was made is a missing line, and no commitment", () => {
  const { program, files } = begun({ ...all, promises: "uptime, privacy privacy-notice" });
  assert.deepEqual(
    program.system?.commitments.map(({ id }) => id),
    ["privacy"],
  );
  assert.match(
    files.find(({ path }) => path === "service.yaml")?.text ?? "",
    /^# missing {2}a commitment about uptime: in what was it promised\?$/m,
  );
});

test("a line that is no answer is told with its question, and the window cannot be left open", () => {
  const read = readAnswers({
    services: "toaster",
    report: "soon",
    stores: "drawer 3",
    owner: "Ada",
    window: null,
  });
  assert.deepEqual(read.ok ? [] : read.error.map(({ question, why }) => `${question.id}: ${why}`), [
    "window: it cannot be left open",
    'services: "toaster" is none of api, web-application, model-hosting, agent, managed-platform',
    "report: not a date (YYYY-MM-DD)",
    'stores: "drawer" is none of prompt-log, vector-index, object-storage, feature-store, database',
    "owner: a name and a mail address",
  ]);
});

test("one vendor that is cloud and model provider at once is one vendor", () => {
  const { program } = begun({ ...all, clouds: "Example Cloud", providers: "Example Cloud, Second Models" });
  const vendor = program.system?.vendors.find(({ id }) => id === "example-cloud");
  assert.equal(vendor?.versions[0]?.provides, "cloud, models");
});

test("the file of vendors, as a person reads it", () => {
  const { files } = begun({ window: all.window ?? null, clouds: "Example Cloud" });
  assert.equal(
    files.find(({ path }) => path === "vendors.yaml")?.text,
    `# yaml-language-server: $schema=schema/vendors.schema.json
# Vendors and subservice organizations.
# A key that is not here was not said; a line with \`missing\` names what nobody has said yet.
vendors:
  - id: example-cloud
    name: Example Cloud
    provides: cloud
    # missing  tier, owner, regions
    # missing  dataSent: which classes of data it gets
    # missing  terms: does it keep what you send, and may it train on it
    # missing  subservice: are its controls needed to meet a commitment
# missing  vendorReviews: nobody has said yet
`,
  );
});

test("names that differ in nothing that an id can hold get ids of their own, and what is named twice is refused", () => {
  const { program } = begun({ ...all, clouds: "例, 示", providers: "Foo!, foo" });
  const ids = program.system?.vendors.map(({ id }) => id) ?? [];
  assert.equal(new Set(ids).size, ids.length);
  const read = readAnswers({ ...all, stores: "prompt-log 3, prompt-logs 4" });
  assert.equal(read.ok ? "" : read.error[0]?.why, "prompt-log is named twice");
});
