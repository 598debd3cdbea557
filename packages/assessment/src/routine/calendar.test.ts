import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { noSystem, type Program, type System } from "@countersign/program";
import { assess, at, control, day, input, perItem, periodic, person, program } from "../example.ts";
import { calendarOf, type CalendarEntry, type CalendarInput } from "./calendar.ts";
import { icsOf } from "./ics.ts";
import { monthsOf } from "./months.ts";

const one = <T>(id: string, said: T) => ({ id, versions: [said] });
const [ada, bo] = [person("ada"), person("bo")];
const people = [
  { id: ada, identities: [], bot: false },
  { id: bo, identities: [], bot: false, through: day("2026-03-20") },
];

const system: System = {
  ...noSystem,
  vendors: [
    one("cloud", { name: "Cloud", tier: "critical" as const, owner: ada }),
    one("mail", { name: "Mail", tier: "high" as const }),
    one("snacks", { name: "Snacks", tier: "low" as const }),
  ],
  vendorReviews: [
    one("r1", {
      vendor: "cloud",
      on: day("2025-04-01"),
      by: ada,
      report: {
        kind: "soc-2-type-2" as const,
        from: day("2024-01-01"),
        through: day("2025-12-31"),
        bridgeLetterThrough: day("2026-01-31"),
      },
    }),
  ],
  policies: [
    one("access", {
      title: "Access",
      version: "3",
      approvedBy: ada,
      approvedOn: day("2025-02-01"),
      owner: bo,
    }),
    one("new", { title: "New", version: "1" }),
  ],
  risks: [one("leak", { title: "Leak", reviewedOn: day("2025-06-01") })],
  findings: [
    one("pen-1", {
      title: "Open port",
      foundBy: "penetration-test" as const,
      foundOn: day("2026-01-01"),
      due: day("2026-03-05"),
    }),
    one("pen-2", {
      title: "Done",
      foundBy: "other" as const,
      foundOn: day("2026-01-01"),
      due: day("2026-03-05"),
      fixedOn: day("2026-02-01"),
    }),
  ],
  incidents: [one("outage", { title: "Outage", detectedOn: day("2026-02-27"), noticeHours: 72 })],
  reportNeeds: [one("first", { by: day("2026-05-01"), type: "type-2" as const, fieldworkDays: 30 })],
};

const of: Program = program(
  [
    control("GOV-01", [periodic("review", "month", 10)], { owner: bo }),
    // Ends with its owner: nothing to hand over.
    control("OLD-01", [perItem("case", "incident", [])], { owner: bo, effectiveThrough: day("2026-03-20") }),
  ],
  {
    window: { from: day("2026-01-01"), through: day("2026-06-30"), zone: "UTC" },
    system,
  },
);
const today = day("2026-03-02");
const { occurrences } = assess(input(of, { asOf: at("2026-03-02T12:00:00Z") }));

const base: CalendarInput = {
  program: of,
  people,
  today,
  from: today,
  through: day("2026-04-15"),
  occurrences,
  openMonths: monthsOf(of.window),
  forgetting: [
    {
      source: "idp",
      keepsDays: 90,
      unreadFrom: day("2026-01-01"),
      lostOn: day("2026-04-01"),
      lostAlready: false,
    },
  ],
  anchors: { targets: ["auditor", "board"], done: ["board"] },
  exceptions: [
    {
      exception: "exc_1",
      control: "GOV-01",
      items: [],
      until: day("2026-03-31"),
      compensatingControl: "-",
      reason: "-",
      approver: ada,
    },
    {
      exception: "exc_0",
      control: "GOV-01",
      items: [],
      until: day("2026-02-28"),
      compensatingControl: "-",
      reason: "-",
      approver: ada,
    },
  ],
  responses: [
    {
      deviation: "dev_1",
      cause: "-",
      response: "-",
      correctiveAction: "train",
      due: day("2026-03-10"),
      owner: ada,
      person: ada,
    },
    { deviation: "dev_2", cause: "-", response: "-", due: day("2026-03-10"), retest: "again", person: ada },
  ],
};

test("what is due has its day, its owner and what does it; what is overdue comes first", () => {
  const { entries } = calendarOf(base);
  assert.deepEqual(
    entries.map(
      ({ on, id, overdue, owner }) =>
        `${on} ${overdue ? "! " : ""}${id}${owner === undefined ? "" : ` ${owner}`}`,
    ),
    [
      "2026-02-01 ! policy/access p_bo",
      "2026-02-10 ! close/2026-01",
      "2026-02-10 ! periodic/GOV-01/review/2026-01 p_bo",
      "2026-03-02 ! policy/new",
      "2026-03-02 ! vendor-review/mail",
      "2026-03-02 incident-notice/outage",
      "2026-03-05 finding/pen-1",
      "2026-03-10 action/dev_1 p_ada",
      "2026-03-10 close/2026-02",
      "2026-03-10 periodic/GOV-01/review/2026-02 p_bo",
      "2026-03-20 handover/p_bo p_bo",
      "2026-03-31 anchor/2026-03",
      "2026-03-31 exception/exc_1 p_bo",
      "2026-03-31 read/idp",
      "2026-04-01 report-end/first",
      "2026-04-01 vendor-review/cloud p_ada",
      "2026-04-10 close/2026-03",
      "2026-04-10 periodic/GOV-01/review/2026-03 p_bo",
    ],
  );
  assert.match(entries.find(({ id }) => id === "anchor/2026-03")?.what ?? "", /to auditor$/);
  assert.match(
    entries.find(({ id }) => id === "handover/p_bo")?.what ?? "",
    /^hand over the control GOV-01 and the policy access:/,
  );
});

test("a day that rests on practice or on our judgement says so; one that the company set does not", () => {
  const grounds = new Map(calendarOf(base).entries.map(({ id, ground }) => [id, ground]));
  for (const id of ["policy/access", "vendor-review/cloud", "close/2026-02", "anchor/2026-03"])
    assert.match(grounds.get(id) ?? "", /practice|our judgement/, id);
  for (const id of [
    "finding/pen-1",
    "incident-notice/outage",
    "periodic/GOV-01/review/2026-02",
    "exception/exc_1",
  ])
    assert.equal(grounds.get(id), undefined, id);
});

test("what is overdue is there whatever days are asked for, and what lies outside of them is not", () => {
  const all = calendarOf({ ...base, through: day("2027-01-01") }).entries;
  assert.ok(all.some(({ id, on }) => id === "vendor-report/cloud" && on === "2026-05-03"));
  assert.ok(all.some(({ id, on }) => id === "report-need/first" && on === "2026-05-01"));
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 300 }), (start, length) => {
      const on = (n: number) =>
        day(new Date(Date.parse("2026-03-02") + n * 86_400_000).toISOString().slice(0, 10));
      const [from, through] = [on(start), on(start + length)];
      const some = calendarOf({ ...base, from, through }).entries;
      const overdue = all.filter((each) => each.overdue);
      assert.deepEqual(
        some.filter((each) => each.overdue),
        overdue,
      );
      for (const each of some) assert.ok(each.overdue || (each.on >= from && each.on <= through));
      assert.equal(new Set(some.map(({ id }) => id)).size, some.length);
    }),
    { numRuns: 30 },
  );
});

/** A reader of its own, by RFC 5545: unfolds, splits name and parameters from the value, and takes back what was escaped. */
function parsed(text: string): readonly ReadonlyMap<string, string>[] {
  assert.ok(text.endsWith("\r\n") && !/[^\r]\n|\r[^\n]/.test(text), "every line ends in CRLF");
  for (const line of text.split("\r\n")) assert.ok(Buffer.byteLength(line) <= 75, line);
  const events: Map<string, string>[] = [];
  for (const line of text.replaceAll("\r\n ", "").trimEnd().split("\r\n")) {
    const [, name = "", value = ""] = /^([A-Z]+(?:;[A-Z=]+)?):(.*)$/.exec(line) ?? [];
    assert.notEqual(name, "", line);
    // In a text, these two stand behind a backslash (3.3.11).
    if (/^(?:UID|SUMMARY|DESCRIPTION)$/.test(name)) assert.doesNotMatch(value, /(?<!\\)(?:\\\\)*[;,]/);
    if (line === "BEGIN:VEVENT") events.push(new Map());
    else
      events.at(-1)?.set(
        name,
        value.replaceAll(/\\(.)/g, (_, each: string) => (each === "n" ? "\n" : each)),
      );
  }
  return events;
}

const options = {
  organization: { id: "example", name: "Example; Ltd, \\ Co" },
  sampleData: false,
  now: at("2026-03-02T12:34:56.789Z"),
  nameOf: (id: string) => id,
};
const text = fc
  .string({ unit: "grapheme", maxLength: 120 })
  .filter((each) => !/[\u0000-\u001f\u007f]/.test(each));
const entry: fc.Arbitrary<CalendarEntry> = fc.record({
  id: text,
  on: fc.constantFrom(day("2026-03-01"), day("2028-02-29")),
  what: text,
  next: text,
  overdue: fc.boolean(),
});

test("a calendar program reads back every entry as it was: day, words, owner", () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 5 }), (entries) => {
      const events = parsed(icsOf(entries, options));
      assert.equal(events.length, entries.length);
      for (const [i, each] of entries.entries()) {
        const event = events[i];
        assert.equal(event?.get("UID"), `${each.id}@example.countersign.local`);
        assert.equal(event.get("DTSTAMP"), "20260302T123456Z");
        assert.equal(event.get("DTSTART;VALUE=DATE"), each.on.replaceAll("-", ""));
        assert.equal(event.get("SUMMARY"), `${each.overdue ? "overdue: " : ""}${each.what}`);
        assert.equal(
          event.get("DESCRIPTION"),
          `${each.next}\nowner: nobody by name\n${options.organization.name}`,
        );
      }
    }),
  );
});

test("the same facts give the same bytes, and sample data says so in every event", () => {
  const { entries } = calendarOf(base);
  assert.equal(icsOf(calendarOf(base).entries, options), icsOf(entries, options));
  for (const event of parsed(icsOf(entries, { ...options, sampleData: true })))
    assert.match(event.get("SUMMARY") ?? "", /^SAMPLE DATA: /);
  const uids = parsed(icsOf(entries, options)).map((event) => event.get("UID"));
  // Reviewed since, it is due a year later: the same event on another day.
  const review = { vendor: "cloud", on: day("2026-03-01"), by: ada };
  const later = calendarOf({
    ...base,
    through: day("2027-12-31"),
    program: { ...of, system: { ...system, vendorReviews: [...system.vendorReviews, one("r2", review)] } },
  });
  const moved = parsed(icsOf(later.entries, options)).find((event) =>
    event.get("UID")?.startsWith("vendor-review/cloud"),
  );
  assert.equal(moved?.get("DTSTART;VALUE=DATE"), "20270301");
  assert.ok(uids.includes(moved.get("UID")));
});
