/** Golden texts: what a person reads where a program folder is wrong. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { checkExpression, digestOfCatalog, parseProgram } from "./index.ts";
import { personIdOf, plain, read, starter, textOf, told } from "./test-support/files.ts";

const program = plain["program.yaml"] ?? "";
const activity = (words: string, expression: string): string => `
activities:
  - id: removal
    kind: per-item
    title: Removal
    population: leaver
    evidence: The list of leavers.
    attributes:
      - { id: in-time, label: in time, words: "${words}", expression: '${expression}' }
`;

const golden: readonly (readonly [
  title: string,
  files: { readonly [path: string]: string },
  text: string,
])[] = [
  [
    "broken YAML",
    { "program.yaml": "organization: { id: example, name: Example\nwindow:\n\tfrom: 2025-07-01\n" },
    `countersign/program.yaml cannot be read as YAML
  where  countersign/program.yaml:2:1
  why    Flow map in block collection must be sufficiently indented and end with a }
  next   Mend the line. A text that holds a colon or a # needs quotes; indent with spaces.
countersign/program.yaml cannot be read as YAML
  where  countersign/program.yaml:3:1
  why    Tabs are not allowed as indentation
  next   Mend the line. A text that holds a colon or a # needs quotes; indent with spaces.`,
  ],
  [
    "a misspelt key, a wrong type and an unknown category, all at once",
    { "program.yaml": program.replace("window", "windw") + "sampleData: yes\ncategories: [privcy]\n" },
    `countersign/program.yaml lacks \`window\`
  where  countersign/program.yaml:1:1
  next   Add \`window\`.
\`windw\` is not a key of this format
  where  countersign/program.yaml:2:1
  why    Here it knows \`organization\`, \`sampleData\`, \`window\`, \`categories\`, \`holidays\`, \`controls\`, \`notRelevant\`, \`subservice\`.
  next   Write \`window\` in its place.
\`sampleData\` is "yes", not true or false
  where  countersign/program.yaml:3:13
  why    True for an invented company: every screen and export says so.
  next   Write true or false, without quotes.
\`categories[1]\` is "privcy", which is not in the list
  where  countersign/program.yaml:4:14
  why    It is one of \`security\`, \`availability\`, \`confidentiality\`, \`processing-integrity\`, \`privacy\`.
  next   Did you mean \`privacy\`?`,
  ],
  [
    "dates that do not exist, a window that ends before it begins, and a zone that is none",
    {
      "program.yaml": program.replace("2026-06-30", "2025-02-29") + "holidays: [2025-11-31]\n",
      "people.yaml":
        "people: [{ handle: ada, identities: ['email:ada@example.com'], from: 2025-02-01, through: 2024-02-01 }]\n",
    },
    `\`people[1]\` ends (2024-02-01) before it begins (2025-02-01)
  where  countersign/people.yaml:1:91
  next   Exchange the two, or mend one.
\`window.through\` is 2025-02-29, and there is no such day
  where  countersign/program.yaml:2:38
  next   Write a day of the calendar, year first.
\`holidays[1]\` is 2025-11-31, and there is no such day
  where  countersign/program.yaml:3:12
  next   Write a day of the calendar, year first.`,
  ],
  [
    "an abbreviation of a zone",
    { "program.yaml": program.replace("America/New_York", "Middle/Nowhere") },
    `\`window.zone\` is "Middle/Nowhere", and there is no such time zone
  where  countersign/program.yaml:2:56
  why    A zone is named by place, so that its changes of the clock are known.
  next   Write UTC, or an IANA name such as America/New_York or Europe/Berlin.`,
  ],
  [
    "an unknown criterion",
    { "program.yaml": `${program}notRelevant: [{ criterion: CC9.9, reason: "no such thing" }]\n` },
    `\`notRelevant[1].criterion\` is "CC9.9", which is not in the list
  where  countersign/program.yaml:3:28
  why    One of the 61 trust services criteria.
  next   Did you mean \`CC9.1\`?`,
  ],
  [
    "a criterion that nothing answers",
    {
      "program.yaml": `${program}controls: { adopt: [${withoutControl("CHG-01", "CHG-02", "MDL-01", "MDL-02")}] }\n`,
    },
    `nothing answers CC8.1: Changes are authorised, designed, built, documented, tested, approved and deployed in a controlled way
  where  countersign/program.yaml:3:11
  why    A criterion in scope is answered by a control, by a subservice organization, or is not relevant for a reason.
  next   Add CHG-01 or CHG-02 or MDL-01 or MDL-02 to \`controls.adopt\`, or name CC8.1 under \`subservice\` or \`notRelevant\`.`,
  ],
  [
    "a control that does not exist, and one that has no use here",
    { "program.yaml": `${program}controls: { adopt: [CHG-1, CAP-01] }\n` },
    `the catalog has no control CHG-1
  where  countersign/program.yaml:3:21
  why    A control of your own needs no entry here: its file in controls/ is enough.
  next   Write CHG-01 in its place.
CAP-01 answers only A1.1, and none of them is in scope
  where  countersign/program.yaml:3:28
  next   Remove it, or add availability to \`categories\`.`,
  ],
  [
    "a statement that was changed and left its attribute behind",
    { "controls/IAM-03.yaml": 'id: IAM-03\nstatement: "A leaver\'s access is removed within 5 days."\n' },
    `IAM-03 removal still tests "within 24 hours of the end of employment", which the changed statement does not hold
  where  countersign/controls/IAM-03.yaml:2:12
  why    Each attribute tests words of the statement, so the two change together.
  next   Put the whole activity \`removal\` beside the statement, with the words and the rule that it has now.`,
  ],
  [
    "versions in the wrong order, and a version without its first day",
    {
      "controls/IAM-03.yaml":
        "id: IAM-03\nversions:\n  - from: 2025-11-01\n  - { from: 2025-09-01, procedure: Do it faster. }\n  - retired: true\n",
    },
    `version 2 of IAM-03 begins on 2025-09-01, not after version 1 (2025-11-01)
  where  countersign/controls/IAM-03.yaml:4:13
  why    On each day one version is in force.
  next   Put the versions in the order of their first days.
version 3 of IAM-03 does not say from when
  where  countersign/controls/IAM-03.yaml:5:5
  next   Add \`from\` with its first day.`,
  ],
  [
    "an owner whom nobody knows, and a bot as owner",
    {
      "people.yaml":
        'people: [{ handle: adalovelace, identities: ["email:ada@example.com"] }]\nbots: [{ handle: merge-bot, identities: ["github:merge-bot[bot]"] }]\n',
      "controls/IAM-03.yaml": "id: IAM-03\nowner: adalovelaze\n",
      "controls/IAM-04.yaml": "id: IAM-04\nowner: merge-bot\n",
    },
    `nobody in people.yaml has the handle \`adalovelaze\`
  where  countersign/controls/IAM-03.yaml:2:8
  next   Write \`adalovelace\`, or add \`adalovelaze\` to people.yaml.
\`merge-bot\` is a bot
  where  countersign/controls/IAM-04.yaml:2:8
  why    A control is answered for by a person.
  next   Name the person who answers for it.`,
  ],
  [
    "one identity of two people",
    {
      "people.yaml":
        'people:\n  - { handle: ada, identities: ["email:ada@example.com"] }\n  - { handle: bob, identities: ["email:Ada@example.com"] }\n',
    },
    `email:Ada@example.com belongs to ada and to bob
  where  countersign/people.yaml:3:33
  why    An identity is one person's: what it does would count for both.
  next   Keep it under one of them, or join the two entries where they are one person.`,
  ],
  [
    "an unknown source, a source of another kind, and a key that names nothing",
    {
      "sources.yaml": `sources:
  - { id: history, connector: git, provides: change }
  - { id: leavers, connector: csv, provides: leaver }
gaps: [{ source: histroy, from: 2025-11-03, through: 2025-11-11, reason: off }]
populations:
  - { kind: change, from: history, join: [{ source: leavers, key: revison, unmatched: { aprovals: [] } }] }
`,
    },
    `\`histroy\` is not a source
  where  countersign/sources.yaml:4:18
  why    The sources are \`history\`, \`leavers\`.
  next   Write \`history\` in its place.
\`leavers\` provides \`leaver\`, not \`change\`
  where  countersign/sources.yaml:6:53
  next   Name a source that provides \`change\`.
\`revison\` does not name an item of the kind \`change\`
  where  countersign/sources.yaml:6:67
  why    The fields that do are \`revision\`, \`id\`.
  next   Write \`revision\` in its place.
\`aprovals\` is not an optional fact of \`change\`
  where  countersign/sources.yaml:6:89
  why    These facts are given to an item that the joined source does not hold.
  next   Write \`approvals\` in its place.`,
  ],
  [
    "two lists of one kind, and nothing that says which is tested",
    {
      "sources.yaml":
        "sources:\n  - { id: history, connector: git, provides: change }\n  - { id: reviews, connector: github, provides: change, rate: 0.5 }\n",
    },
    `\`sources[2].rate\` holds a number that is not whole, or too large
  where  countersign/sources.yaml:3:63
  next   Write whole numbers, or put the value in quotes.
\`history\`, \`reviews\` all provide \`change\`, and nothing says which list is tested
  where  countersign/sources.yaml:3:49
  next   Add under \`populations\`: { kind: change, from: history, join: [...], reconcile: [...] }.`,
  ],
  [
    "a control of one's own that is not finished, in a file of another name",
    { "controls/OWN-1.yaml": "id: OWN-1\ntitle: Ours\n", "controls/own-2.yaml": "id: OWN-2\n" },
    `OWN-2 stands in countersign/controls/own-2.yaml
  where  countersign/controls/own-2.yaml:1:5
  next   Name the file OWN-2.yaml, or mend the id.
OWN-1 lacks \`statement\`, \`criteria\`, \`ownerRole\`, \`procedure\`, \`activities\`
  where  countersign/controls/OWN-1.yaml:1:1
  why    The catalog starter 1 has no OWN-1, so the file says everything itself.
  next   Add \`statement\`, \`criteria\`, \`ownerRole\`, \`procedure\`, \`activities\`.`,
  ],
  [
    "a control that was left without anything to do",
    { "controls/IAM-03.yaml": "id: IAM-03\nwithoutActivities: [removal, remove]\n" },
    `IAM-03 has no activity \`remove\` to leave out
  where  countersign/controls/IAM-03.yaml:2:30
  why    It has none left.
  next   Remove it.
IAM-03 has no activity left
  where  countersign/controls/IAM-03.yaml:1:1
  why    A control that owes nothing cannot be shown to operate.
  next   Keep an activity, or retire the control: { from: DATE, retired: true }.`,
  ],
  [
    "another catalog than the one that was taken",
    { "catalog.lock": `catalog: starter\nversion: 1\ndigest: sha256:${"0".repeat(64)}\n` },
    `the content of the catalog starter 1 is not the one that was taken
  where  countersign/catalog.lock:3:9
  why    A changed catalog changes controls that you adopted.
  next   Read what changed, then take it: countersign init --update-lock`,
  ],
  [
    "a file under a name that is not read",
    { "progam.yaml": program, "controls/IAM-03.yml": "id: IAM-03\n" },
    `countersign/controls/IAM-03.yml is not read under this name
  where  countersign/controls/IAM-03.yml
  next   Name it controls/IAM-03.yaml.
countersign/progam.yaml is not read under this name
  where  countersign/progam.yaml
  next   Name it program.yaml.`,
  ],
];

function withoutControl(...ids: readonly string[]): string {
  return starter()
    .controls.filter(({ id, categories }) => categories.includes("security") && !ids.includes(id))
    .map(({ id }) => id)
    .join(", ");
}

for (const [title, files, text] of golden)
  test(`it is said where and what to do: ${title}`, () => assert.equal(told(files), text));

test("a rule that does not type-check is told with the place of the fault in it", () => {
  const text = told({
    "controls/IAM-03.yaml": `id: IAM-03${activity("within 24 hours of the end of employment", 'leaver.accessRemovedAt <= leaver.endedAt + "24h"')}`,
  });
  assert.match(text, /timestamp and a string/);
  assert.match(text, /where {2}countersign\/controls\/IAM-03\.yaml:9:130\n/);
  assert.match(
    text,
    /why {4}The rule `leaver\.accessRemovedAt <= leaver\.endedAt \+ "24h"` is over `leaver`, a person who left\.\n/,
  );
});

test("an empty folder is answered with the command that fills it", () => {
  const text = textOf(parseProgram([], starter(), { personIdOf, check: checkExpression }));
  for (const name of ["program.yaml", "sources.yaml", "catalog.lock"])
    assert.match(
      text,
      new RegExp(`there is no ${name}\\n {2}where {2}${name}\\n[^]*next {3}countersign init`),
    );
});

test("a lock of another version says which one the program took", () => {
  const text = told({
    "catalog.lock": `catalog: starter\nversion: 2\ndigest: ${digestOfCatalog(starter())}\n`,
  });
  assert.match(text, /^the program took the catalog starter 2, and this is starter 1\n/);
});

test("problems of several files come together, and each kind has a code of its own", () => {
  const result = read({
    "people.yaml": "people: [{ handle: A }]\n",
    "sources.yaml": "sources: {}\n",
    "controls/CHG-01.yaml": "id: CHG-01\nstatment: x\n",
    "catalog.lock": "catalog: starter\n",
  });
  assert.ok(!result.ok);
  const places = new Set(result.error.map(({ where }) => where?.split(":")[0]));
  assert.deepEqual(
    [...places].sort(),
    ["catalog.lock", "controls/CHG-01.yaml", "people.yaml", "sources.yaml"].map(
      (each) => `countersign/${each}`,
    ),
  );
  for (const problem of result.error) assert.ok(problem.code && problem.next, problem.what);
});
