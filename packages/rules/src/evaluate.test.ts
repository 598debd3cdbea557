import assert from "node:assert/strict";
import { test } from "node:test";
import { exampleChange, exampleKind } from "./example.test.ts";
import { MAX_VISITS } from "./limits.ts";
import { compileRule, environmentOf, type Rule } from "./rule.ts";
import type { Verdict } from "./run.ts";

function compiled(source: string): Rule {
  const rule = compileRule(source, environmentOf(exampleKind));
  assert.ok(rule.ok, rule.ok ? "" : `${source}: ${JSON.stringify(rule.error)}`);
  return rule.value;
}

function worded(verdict: Verdict): string {
  if (verdict.kind === "unknown") return `unknown ${verdict.absent.join(" ")}`;
  return verdict.kind === "error" ? `error ${verdict.message}` : verdict.kind;
}

type Change = Partial<Record<keyof typeof exampleChange, unknown>>;

/** A change in which the facts that are undefined here are absent. */
function verdictOn(change: Change, source: string): string {
  const item = JSON.parse(JSON.stringify({ ...exampleChange, ...change }));
  return worded(compiled(source).evaluateItem(item));
}

/** Each row: what is different in the change, the rule, the verdict. */
function table(title: string, rows: readonly (readonly [Change, string, string])[]): void {
  for (const [change, source, verdict] of rows)
    test(`${title}: ${source} is ${verdict}`, () => {
      assert.equal(verdictOn(change, source), verdict);
    });
}

const approval = { person: "p3", bot: false, at: "2026-03-05T10:00:00Z", revision: "f00" };
const fourEyes = "change.approvals.exists(a, a.person != change.author && !a.bot)";

table("what is there", [
  [{}, fourEyes, "true"],
  [{ approvals: [] }, fourEyes, "false"],
  [{ author: "p2", approvals: [{ ...approval, person: "p2" }] }, fourEyes, "false"],
  [{ approvals: [{ ...approval, bot: true }] }, fourEyes, "false"],
  [{}, "change.approvals.exists(a, a.at <= change.mergedAt && a.person == change.mergedBy)", "true"],
  [{ lines: 3 }, "change.lines + 1 == 4 && 7 / change.lines == 2 && -7 % change.lines == -1", "true"],
  [{ title: "é😀" }, 'size(change.title) == 2 && change.title + "!" == "é😀!"', "true"],
  [{ title: "\uFFFD" }, 'change.title < "😀"', "true"],
]);

table("absence is infectious", [
  [{ emergency: undefined }, "change.emergency", "unknown change.emergency"],
  [{ emergency: undefined }, "change.emergency || true", "unknown change.emergency"],
  [{ emergency: undefined }, "true || change.emergency", "unknown change.emergency"],
  [{ emergency: undefined }, "false && change.emergency", "unknown change.emergency"],
  [{ emergency: undefined }, "change.emergency && false", "unknown change.emergency"],
  [{ emergency: undefined }, "has(change.emergency)", "unknown change.emergency"],
  [{ emergency: undefined }, "!has(change.emergency) || true", "unknown change.emergency"],
  [{ emergency: undefined }, "change.emergency == change.emergency", "unknown change.emergency"],
  [{ lines: undefined }, "change.lines * 0 == 0", "unknown change.lines"],
  [{ tickets: undefined }, "size(change.tickets) >= 0", "unknown change.tickets"],
  [{ tickets: undefined }, "change.tickets.all(t, true)", "unknown change.tickets"],
  [{ tickets: undefined }, '"a" in change.tickets', "unknown change.tickets"],
  [{ headRevision: undefined }, 'change.headRevision in ["a"]', "unknown change.headRevision"],
  [{ origin: undefined }, "has(change.origin.branch)", "unknown change.origin"],
  [{ origin: { repository: "a" } }, "has(change.origin.branch)", "unknown change.origin.branch"],
  [
    { lines: undefined, emergency: undefined, tickets: undefined },
    "size(change.tickets) > change.lines || change.emergency || change.lines > 0",
    "unknown change.tickets change.lines change.emergency",
  ],
]);

table("a macro looks at every element", [
  [
    { approvals: [approval, { ...approval, at: undefined }] },
    "change.approvals.exists(a, a.at <= change.mergedAt)",
    "unknown change.approvals[].at",
  ],
  [
    { approvals: [{ ...approval, at: undefined }, approval] },
    "change.approvals.exists(a, a.at <= change.mergedAt)",
    "unknown change.approvals[].at",
  ],
  [
    { checks: [{ name: "a", outcome: "failed" }, { name: "b" }] },
    'change.checks.all(c, c.outcome == "passed")',
    "unknown change.checks[].outcome",
  ],
  [
    { checks: [{ name: "a", outcome: "x" }, { name: "b", outcome: "x" }, { name: "c" }] },
    'change.checks.exists_one(c, c.outcome == "x")',
    "unknown change.checks[].outcome",
  ],
  [
    { checks: [{ name: "a" }] },
    'size(change.checks.filter(c, c.outcome == "x")) >= 0',
    "unknown change.checks[].outcome",
  ],
  [
    { approvals: [approval, { ...approval, revision: undefined }] },
    "change.approvals.map(a, a.revision).exists(r, r == change.headRevision)",
    "unknown change.approvals[].revision",
  ],
  [
    { approvals: [{ ...approval, at: undefined }], lines: undefined },
    "change.approvals.filter(a, a.at > change.mergedAt).exists(b, change.lines > 0)",
    "unknown change.approvals[].at",
  ],
  [{ approvals: [], lines: undefined }, "change.approvals.all(a, change.lines > 0)", "true"],
  [{ tickets: ["a", "b"] }, 'change.tickets.exists_one(t, t != "z")', "false"],
  [{ tickets: ["a", "b"] }, 'change.tickets.exists_one(t, t == "a")', "true"],
]);

table("what depends on something unknown is not evaluated, and names nothing more", [
  [
    { lines: undefined, day: undefined },
    '[change.lines].exists(n, change.day > "2026-01-01")',
    "unknown change.lines",
  ],
  [
    { lines: undefined, day: undefined },
    "size([change.lines].map(n, change.day)) > 0",
    "unknown change.lines",
  ],
  [{ lines: undefined }, "[0, change.lines].exists(n, 1 / n == 1)", "unknown change.lines"],
  [
    { approvals: [{ ...approval, at: undefined }] },
    'change.approvals[0].at + duration("87600000h") > change.mergedAt',
    "unknown change.approvals[].at",
  ],
]);

table("only a choice chooses", [
  [{ lines: undefined }, "true ? true : change.lines > 0", "true"],
  [{ lines: undefined }, "false ? change.lines > 0 : false", "false"],
  [
    { emergency: undefined, lines: undefined },
    "change.emergency ? change.lines > 0 : change.lines > 1",
    "unknown change.emergency",
  ],
  [{}, "true ? true : 1 / 0 == 1", "true"],
  [{ emergency: undefined }, "change.emergency ? true : true", "unknown change.emergency"],
]);

table("an error is infectious and goes before absence", [
  [{}, "true || 1 / 0 == 1", "error `/` divides by zero."],
  [{}, "1 % 0 == 1 && false", "error `%` divides by zero."],
  [{ lines: undefined }, "change.lines > 0 && 1 / 0 == 1", "error `/` divides by zero."],
  [{ lines: undefined }, "1 / change.lines == 1", "unknown change.lines"],
  [{ lines: undefined }, "change.approvals[change.lines].bot", "unknown change.lines"],
  [{}, "change.approvals[2].bot", "error There is no element 2 in a list of 2."],
  [{}, "change.approvals[-1].bot", "error There is no element -1 in a list of 2."],
  [{}, "1 / 0 == 1 || change.approvals[9].bot", "error `/` divides by zero."],
  [{}, "9007199254740991 + 1 > 0", "error The result of `+` lies outside the range of ints."],
  [{}, "3037000500 * 3037000500 > 0", "error The result of `*` lies outside the range of ints."],
  [{}, "-9007199254740991 - 1 < 0", "error The result of `-` lies outside the range of ints."],
  [{}, "9007199254740991 / 2 == 4503599627370495 && -7 / 2 == -3 && -7 % 2 == -1", "true"],
  [
    {},
    'change.mergedAt + duration("87600000h") > change.mergedAt',
    "error The result of `+` lies outside the range of timestamps.",
  ],
]);

table("a malformed item is an error that names the fact", [
  [{ author: undefined }, fourEyes, "error Malformed item: the required fact `change.author` is missing."],
  [{ author: null }, fourEyes, "error Malformed item: `change.author` is null, not a person's id."],
  [
    { emergency: null },
    "change.emergency",
    "error Malformed item: `change.emergency` is null, not true or false.",
  ],
  [
    { emergency: "no" },
    "true || change.emergency",
    'error Malformed item: `change.emergency` is "no", not true or false.',
  ],
  [
    { lines: 1.5 },
    "change.lines > 0",
    "error Malformed item: `change.lines` is 1.5, not an integer within ±(2^53-1).",
  ],
  [
    { lines: 2 ** 53 },
    "change.lines > 0",
    "error Malformed item: `change.lines` is 9007199254740992, not an integer within ±(2^53-1).",
  ],
  [
    { mergedAt: "2026-02-29T00:00:00Z" },
    "change.mergedAt == change.mergedAt",
    'error Malformed item: `change.mergedAt` is "2026-02-29T00:00:00Z", not an instant in UTC as in "2026-03-05T22:52:12Z".',
  ],
  [
    { mergedAt: "2026-03-05T22:52:12+00:00" },
    'change.mergedAt > timestamp("2026-01-01T00:00:00Z")',
    'error Malformed item: `change.mergedAt` is "2026-03-05T22:52:12+00:00", not an instant in UTC as in "2026-03-05T22:52:12Z".',
  ],
  [
    { day: "5 March" },
    'change.day == "2026-03-05"',
    'error Malformed item: `change.day` is "5 March", not a date as in "2026-03-05".',
  ],
  [
    { day: "5 March" },
    'change.day > "2026"',
    'error Malformed item: `change.day` is "5 March", not a date as in "2026-03-05".',
  ],
  [
    { tickets: "SEC-7" },
    "size(change.tickets) > 0",
    'error Malformed item: `change.tickets` is "SEC-7", not a list.',
  ],
  [
    { tickets: ["a", 7] },
    'change.tickets.exists(t, t == "a")',
    "error Malformed item: `change.tickets[]` is 7, not a string.",
  ],
  [
    { tickets: ["a", 7] },
    '"a" in change.tickets',
    "error Malformed item: `change.tickets[]` is 7, not a string.",
  ],
  [{ tickets: ["a", 7] }, "size(change.tickets) == 2", "true"],
  [
    { approvals: [approval, "p4"] },
    fourEyes,
    'error Malformed item: `change.approvals[]` is "p4", not an object.',
  ],
  [{ approvals: [[]] }, fourEyes, "error Malformed item: `change.approvals[]` is a list, not an object."],
  [
    { approvals: [{ ...approval, bot: undefined }] },
    fourEyes,
    "error Malformed item: the required fact `change.approvals[].bot` is missing.",
  ],
  [
    { origin: [] },
    'change.origin.branch == "x"',
    "error Malformed item: `change.origin` is a list, not an object.",
  ],
  [
    { title: "x".repeat(50), tickets: {} },
    '"a" in change.tickets',
    "error Malformed item: `change.tickets` is an object, not a list.",
  ],
]);

const at = (time: string) => ({ approvals: [{ ...approval, at: time }] });

table("times are exact", [
  [{ mergedAt: "2026-03-05T22:52:12.001Z" }, 'change.mergedAt > timestamp("2026-03-05T22:52:12Z")', "true"],
  [
    { mergedAt: "2026-03-05T22:52:12.000Z" },
    'change.mergedAt == timestamp("2026-03-05T23:52:12+01:00")',
    "true",
  ],
  [at("2026-03-05T22:52:12.500Z"), "change.approvals.all(a, a.at > change.mergedAt)", "true"],
  [at("2026-03-05T22:52:12.000Z"), "change.approvals.all(a, a.at == change.mergedAt)", "true"],
  [at("2026-03-05T22:52:11Z"), "change.approvals.all(a, a.at < change.mergedAt)", "true"],
  [{}, 'change.mergedAt - change.approvals[1].at == duration("1ms")', "true"],
  [{}, 'change.mergedAt.getHours() == 22 && change.mergedAt.getHours("+01:30") == 0', "true"],
  [{}, 'change.mergedAt.getDate("Europe/Berlin") == change.mergedAt.getDate()', "true"],
  [{}, 'change.mergedAt.getDate("Asia/Tokyo") == change.mergedAt.getDate() + 1', "true"],
  [{ mergedAt: "0001-01-01T00:00:00Z" }, 'change.mergedAt.getFullYear("Asia/Tokyo") == 1', "true"],
]);

test("an item that is no object, and a binding that is missing, are errors", () => {
  const rule = compiled(fourEyes);
  assert.equal(worded(rule.evaluateItem([])), "error Malformed item: `change` is a list, not an object.");
  assert.equal(
    worded(rule.evaluateItem(undefined)),
    "error Malformed item: `change` is missing, not an object.",
  );
  assert.equal(worded(rule.evaluate({})), "error Malformed item: `change` is missing, not an object.");
  assert.equal(worded(rule.evaluate({ change: exampleChange })), "true");
});

test("an environment can have several variables of any type, and a rule may read none of them", () => {
  const environment = {
    variables: {
      limit: { type: "int" },
      since: { type: "timestamp" },
      names: { type: "list", of: { type: "string" } },
    },
  } as const;
  const rule = compileRule(
    'limit > 1 && since < timestamp("2026-01-02T00:00:00Z") && "a" in names',
    environment,
  );
  assert.ok(rule.ok);
  const values = { limit: 2, since: "2026-01-01T00:00:00Z", names: ["a"] };
  assert.equal(worded(rule.value.evaluate(values)), "true");
  assert.equal(worded(rule.value.evaluate({ ...values, limit: 1 })), "false");
  assert.equal(
    worded(rule.value.evaluate({ ...values, limit: "2" })),
    'error Malformed item: `limit` is "2", not an integer within ±(2^53-1).',
  );
  assert.equal(
    worded(rule.value.evaluateItem(values)),
    "error This rule reads 3 variables, and was given one item.",
  );
});

test("a variable that is named like a member of every object is missing until it is given", () => {
  const variables = { constructor: { type: "string" } } as const;
  const rule = compileRule('constructor == "x"', { variables });
  assert.ok(rule.ok);
  assert.equal(
    worded(rule.value.evaluate({})),
    "error Malformed item: `constructor` is missing, not a string.",
  );
});

test("a field that is named like a member of every object is absent until the item states it", () => {
  const text = { type: "string" } as const;
  const fields = { constructor: { type: text, required: false, words: "" } };
  const rule = compileRule('item.constructor == "x"', { variables: { item: { type: "object", fields } } });
  assert.ok(rule.ok);
  assert.equal(worded(rule.value.evaluateItem({})), "unknown item.constructor");
  assert.equal(worded(rule.value.evaluateItem({ constructor: "x" })), "true");
});

test("verdicts are shared: true, false and the same absence allocate nothing", () => {
  const rule = compiled("change.lines > 10");
  assert.equal(rule.evaluateItem({ lines: 11 }), rule.evaluateItem({ lines: 12 }));
  assert.equal(rule.evaluateItem({ lines: 1 }), rule.evaluateItem({ lines: 2 }));
  assert.equal(rule.evaluateItem({}), rule.evaluateItem({}));
});

test("the order of the absent facts is that of the reading, also when it differs between items", () => {
  const rule = compiled(
    "change.lines > 0 ? change.emergency : (change.day > change.headRevision || change.emergency)",
  );
  assert.equal(worded(rule.evaluateItem({ lines: 1 })), "unknown change.emergency");
  assert.equal(
    worded(rule.evaluateItem({ lines: 0 })),
    "unknown change.day change.headRevision change.emergency",
  );
  assert.equal(worded(rule.evaluateItem({ lines: 1 })), "unknown change.emergency");
});

const tooMany = `error The rule looks at more than ${MAX_VISITS} elements in this item.`;

test("an evaluation stops at its limit of visits, the same way on every machine", () => {
  const tickets = (count: number) => Array.from({ length: count }, () => "a");
  const all = 'change.tickets.all(t, t == "a")';
  assert.equal(verdictOn({ tickets: tickets(MAX_VISITS) }, all), "true");
  assert.equal(verdictOn({ tickets: tickets(MAX_VISITS + 1) }, all), tooMany);
  const nested = "change.tickets.all(t, change.tickets.all(u, t == u))";
  assert.equal(verdictOn({ tickets: tickets(300) }, nested), "true");
  assert.equal(verdictOn({ tickets: tickets(400) }, nested), tooMany);
  assert.equal(verdictOn({ tickets: tickets(MAX_VISITS + 1) }, '"b" in change.tickets'), tooMany);
});

test("each evaluation has all its visits", () => {
  const rule = compiled('change.tickets.all(t, t == "a")');
  const tickets = Array.from({ length: MAX_VISITS - 1 }, () => "a");
  for (let i = 0; i < 3; i++) assert.equal(worded(rule.evaluateItem({ tickets })), "true");
});

test("texts that grow or are searched at length use up the visits", () => {
  const long = "x".repeat(1_000_000);
  const doubled = "change.tickets" + ".map(t, t + t)".repeat(20);
  assert.equal(verdictOn({ tickets: [long] }, `${doubled}.exists(t, t == "")`), tooMany);
  assert.equal(verdictOn({ title: long, id: long }, "change.title.contains(change.id)"), tooMany);
  const patterns = 'change.tickets.all(t, change.title.matches("^x*$"))';
  assert.equal(verdictOn({ title: long, tickets: ["a", "b", "c"] }, patterns), tooMany);
});
