/** Each check once: a small program in which nothing is wrong, and the one change of its text that makes the check speak. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { nameGaps, pitfallsOf, programGaps, type ProgramGap } from "../../packages/assessment/src/index.ts";
import { checks, reviewersOrder } from "../../packages/assessment/src/program-gaps/find.ts";
import type { LocalDate } from "../../packages/kernel/src/index.ts";
import { noSystem } from "../../packages/program/src/index.ts";
import { mended, programOf } from "./profiles.ts";

const DAY = "2026-03-31" as LocalDate;
const DIGEST = `sha256:${"a".repeat(64)}`;

// Made up.
const sound: ReadonlyMap<string, string> = new Map([
  [
    "program.yaml",
    `organization: { id: small, name: Small (made up) }
window: { from: 2025-07-01, through: 2026-06-30, zone: UTC }
categories: [security, confidentiality]
subservice: [{ criterion: CC6.4, organization: Host }]
`,
  ],
  ["sources.yaml", "sources: []\n"],
  [
    "people.yaml",
    `people:
  - { handle: ada, identities: ["email:ada@small.example"] }
  - { handle: ben, identities: ["email:ben@small.example"], through: 2026-03-30 }
`,
  ],
  [
    "service.yaml",
    `services: [{ id: api, name: API, kind: api }]
commitments:
  - { id: safe, kind: commitment, words: Access is limited., about: security, saidIn: contract }
  - { id: secret, kind: commitment, words: Prompts go after 30 days., about: confidentiality, saidIn: contract, keeping: { classes: [customer-content], days: 30 } }
userControls: [{ id: keys, words: Keys are kept secret., criteria: [CC6.1], commitments: [safe], toldIn: Documentation }]
`,
  ],
  [
    "boundary.yaml",
    `environments: [{ id: live, name: Live, serves: production }, { id: lab, name: Lab, serves: development }]
components:
  - { id: server, name: Server, kind: software, sort: service, scope: in, rationale: It answers., owner: ada, environment: live, neededFor: [safe] }
  - { id: bench, name: Bench, kind: software, sort: service, scope: out, rationale: Made-up prompts only., environment: lab }
`,
  ],
  [
    "data.yaml",
    `stores:
  - { id: logs, name: Logs, component: server, classes: [customer-content], training: { allowed: true, ground: Section 3 }, retention: { days: 30, ground: Section 4 }, owner: ada }
  - { id: docs, name: Public pages, component: server, classes: [public], owner: ada }
flows: [{ id: hosting, sender: logs, receiver: host, classes: [customer-content] }]
customers: [{ id: c1, training: allowed, contract: Section 3 }]
datasetVersions:
  - id: set-1
    dataset: set
    version: "1"
    digest: ${DIGEST}
    origins: [customer-upload]
    customers: [c1]
    intake: { approvedBy: ada, approvedOn: 2025-08-01 }
    optOutFilter: { ranOn: 2025-08-01, removed: 1 }
`,
  ],
  [
    "models.yaml",
    `models:
  - { id: ours, name: Ours, party: first, owner: ada, risk: low }
  - { id: theirs, name: Theirs, party: third, vendor: maker, owner: ada, risk: low }
modelVersions:
  - { id: ours-1, model: ours, version: "1", digest: "${DIGEST}", trainedOn: [set-1], code: "trainer@1", from: 2025-09-01 }
  - { id: theirs-1, model: theirs, version: "1", providerId: gpt-4o-2024-08-06 }
`,
  ],
  [
    "vendors.yaml",
    `vendors:
  - id: host
    name: Host
    owner: ada
    dataSent: [customer-content]
    terms: { reference: Agreement, retentionDays: 10, training: prohibited }
    subservice: { is: true, why: It runs there., method: carve-out, controls: [{ id: doors, words: Doors are shut., criteria: [CC6.4], monitoredBy: VEN-01 }] }
  - { id: maker, name: Maker, tier: high, owner: ada, dataSent: [] }
vendorReviews:
  - id: host-review
    vendor: host
    on: 2026-01-15
    by: ada
    report: { kind: soc-2-type-2, from: 2025-01-01, through: 2025-12-31, opinion: unqualified, coversProduct: true, exceptions: [One.], carvedOut: [Maker], userControls: [{ words: Users manage accounts., control: IAM-04 }] }
    conclusion: Nothing that touches us.
  - { id: maker-review, vendor: maker, on: 2025-09-01, by: ada }
`,
  ],
  [
    "policies.yaml",
    `policies: [{ id: access, title: Access, owner: ada, version: "1", approvedBy: ada, approvedOn: 2025-10-01, text: access.txt }]\n`,
  ],
  ["policies/access.txt", "Access is asked for.\n"],
  [
    "registers.yaml",
    `risks: [{ id: leak, title: A leak, treatment: mitigate, owner: ada, controls: [IAM-01], reviewedOn: 2025-10-01 }]
incidents:
  - id: outage
    title: An outage
    detectedOn: 2026-01-10
    resolvedOn: 2026-01-11
    owner: ada
    noticeHours: 48
    noticeSentOn: 2026-01-12
    postMortem: wiki
    disclosure: { significant: false, reason: No commitment was broken., by: ada, on: 2026-01-20 }
findings: [{ id: f1, title: A finding, foundBy: other, foundOn: 2026-01-10, owner: ada, due: 2026-02-10, fixedOn: 2026-02-01, retestedOn: 2026-02-05, retestedBy: ada }]
changes: [{ id: move, words: We moved., on: 2026-02-01, disclosure: { significant: false, reason: Nothing else changed., by: ada, on: 2026-02-02 } }]
`,
  ],
]);

type Edit = readonly [file: string, find: string, put: string];

function gapsAfter(...edits: readonly Edit[]): readonly ProgramGap[] {
  const mend = edits.map(([file, find, put]) => ({ file, find, put }));
  const { program, people } = programOf(mended(sound, [{ code: "edit", fact: "", story: "", mend }]));
  return programGaps(program, people, DAY);
}

const cases: { readonly [code: string]: readonly Edit[] } = {
  "nothing-promised": [
    ["service.yaml", sound.get("service.yaml") ?? "", "services: [{ id: api, name: API, kind: api }]\n"],
    ["boundary.yaml", ", neededFor: [safe]", ""],
  ],
  "category-not-chosen": [
    [
      "service.yaml",
      "commitments:\n",
      "commitments:\n  - { id: up, kind: commitment, words: It is up., about: availability, saidIn: sla }\n",
    ],
  ],
  "category-without-commitment": [["program.yaml", "confidentiality]", "confidentiality, availability]"]],
  "user-control-untold": [["service.yaml", ", toldIn: Documentation", ""]],
  "user-control-without-commitment": [
    ["service.yaml", "commitments: [safe], toldIn", "commitments: [], toldIn"],
  ],
  "user-control-without-criteria": [["service.yaml", "criteria: [CC6.1]", "criteria: []"]],
  "left-out-of-scope": [["boundary.yaml", "scope: in", "scope: out"]],
  "scope-undecided": [["boundary.yaml", "scope: in, ", ""]],
  "scope-without-rationale": [["boundary.yaml", ", rationale: Made-up prompts only.", ""]],
  "in-scope-unneeded": [["boundary.yaml", "neededFor: [safe]", "neededFor: []"]],
  "store-without-component": [["data.yaml", "name: Public pages, component: server", "name: Public pages"]],
  "prohibited-data-trained": [["data.yaml", "id: c1, training: allowed", "id: c1, training: prohibited"]],
  "training-terms-not-said": [["data.yaml", "id: c1, training: allowed", "id: c1, training: not-said"]],
  "training-not-said": [["data.yaml", "training: { allowed: true, ground: Section 3 }, ", ""]],
  "training-without-ground": [["data.yaml", ", ground: Section 3", ""]],
  "kept-longer-than-promised": [["data.yaml", "days: 30, ", ""]],
  "retention-not-said": [["data.yaml", "retention: { days: 30, ground: Section 4 }, ", ""]],
  "dataset-customers-not-said": [["data.yaml", "    customers: [c1]\n", ""]],
  "dataset-without-intake": [["data.yaml", "    intake: { approvedBy: ada, approvedOn: 2025-08-01 }\n", ""]],
  "dataset-approved-after-use": [["data.yaml", "approvedOn: 2025-08-01", "approvedOn: 2025-09-02"]],
  "dataset-without-opt-out-filter": [
    ["data.yaml", "    optOutFilter: { ranOn: 2025-08-01, removed: 1 }\n", ""],
  ],
  "dataset-without-digest": [["data.yaml", `    digest: ${DIGEST}\n`, ""]],
  "model-id-alias": [["models.yaml", "gpt-4o-2024-08-06", "gpt-4o"]],
  "model-id-unclear": [["models.yaml", "gpt-4o-2024-08-06", "house-model"]],
  "model-version-without-id": [["models.yaml", ", providerId: gpt-4o-2024-08-06", ""]],
  "model-without-version": [
    ["models.yaml", "providerId: gpt-4o-2024-08-06", "providerId: gpt-4o-2024-08-06, through: 2026-03-30"],
  ],
  "model-version-without-data": [["models.yaml", "trainedOn: [set-1], ", ""]],
  "model-version-without-digest": [["models.yaml", `digest: "${DIGEST}", `, ""]],
  "model-version-without-code": [["models.yaml", `code: "trainer@1", `, ""]],
  "model-without-risk": [
    ["models.yaml", "vendor: maker, owner: ada, risk: low", "vendor: maker, owner: ada"],
  ],
  "model-without-vendor": [["models.yaml", "vendor: maker, ", ""]],
  "vendor-may-train": [
    ["vendors.yaml", "training: prohibited", "training: allowed"],
    ["data.yaml", "customers: [{ id: c1", "customers: [{ id: c2, training: prohibited }, { id: c1"],
  ],
  "vendor-training-not-said": [["vendors.yaml", "training: prohibited", "training: not-said"]],
  "vendor-keeps-longer": [["vendors.yaml", "retentionDays: 10", "retentionDays: 31"]],
  "vendor-retention-not-said": [["vendors.yaml", "retentionDays: 10, ", ""]],
  "vendor-without-contract": [
    ["vendors.yaml", "    terms: { reference: Agreement, retentionDays: 10, training: prohibited }\n", ""],
  ],
  "flow-beyond-data-sent": [
    ["vendors.yaml", "dataSent: [customer-content]", "dataSent: [customer-metadata]"],
  ],
  "subservice-undecided": [
    [
      "vendors.yaml",
      "dataSent: []",
      "dataSent: [customer-content], terms: { reference: Terms, retentionDays: 0, training: prohibited }",
    ],
  ],
  "subservice-method-not-said": [["vendors.yaml", "method: carve-out, ", ""]],
  "subservice-without-controls": [
    [
      "vendors.yaml",
      ", controls: [{ id: doors, words: Doors are shut., criteria: [CC6.4], monitoredBy: VEN-01 }]",
      "",
    ],
  ],
  "subservice-control-unwatched": [["vendors.yaml", ", monitoredBy: VEN-01", ""]],
  "criterion-answered-by-no-vendor": [["program.yaml", "organization: Host", "organization: Another"]],
  "vendor-never-reviewed": [
    ["vendors.yaml", "  - { id: maker-review, vendor: maker, on: 2025-09-01, by: ada }\n", ""],
  ],
  "vendor-review-old": [["vendors.yaml", "on: 2025-09-01", "on: 2025-03-30"]],
  "vendor-without-report": [
    ["vendors.yaml", (/ {4}report: .*\n/.exec(sound.get("vendors.yaml") ?? "") ?? [""])[0], ""],
  ],
  "vendor-report-expired": [
    ["vendors.yaml", "from: 2025-01-01, through: 2025-12-31", "from: 2024-04-01, through: 2025-03-30"],
  ],
  "vendor-report-gap": [["vendors.yaml", "from: 2025-01-01", "from: 2025-07-02"]],
  "vendor-report-not-type-2": [
    ["vendors.yaml", "kind: soc-2-type-2, from: 2025-01-01", "kind: soc-2-type-1"],
  ],
  "vendor-opinion": [["vendors.yaml", "opinion: unqualified", "opinion: adverse"]],
  "vendor-report-other-product": [["vendors.yaml", "coversProduct: true", "coversProduct: false"]],
  "vendor-exceptions-open": [["vendors.yaml", "    conclusion: Nothing that touches us.\n", ""]],
  "vendor-user-controls-open": [["vendors.yaml", ", control: IAM-04", ""]],
  "vendor-nested-carve-out": [["vendors.yaml", "carvedOut: [Maker]", "carvedOut: [Maker, Somebody]"]],
  "incident-notice-late": [["registers.yaml", "noticeSentOn: 2026-01-12", "noticeSentOn: 2026-01-13"]],
  "incident-undecided": [
    [
      "registers.yaml",
      "    disclosure: { significant: false, reason: No commitment was broken., by: ada, on: 2026-01-20 }\n",
      "",
    ],
  ],
  "incident-without-post-mortem": [["registers.yaml", "    postMortem: wiki\n", ""]],
  "finding-overdue": [
    ["registers.yaml", ", fixedOn: 2026-02-01, retestedOn: 2026-02-05, retestedBy: ada", ""],
  ],
  "finding-without-due": [
    ["registers.yaml", ", due: 2026-02-10, fixedOn: 2026-02-01, retestedOn: 2026-02-05, retestedBy: ada", ""],
  ],
  "finding-not-retested": [["registers.yaml", ", retestedOn: 2026-02-05, retestedBy: ada", ""]],
  "change-undecided": [
    [
      "registers.yaml",
      ", disclosure: { significant: false, reason: Nothing else changed., by: ada, on: 2026-02-02 }",
      "",
    ],
  ],
  "no-risks": [["registers.yaml", (/risks: .*\n/.exec(sound.get("registers.yaml") ?? "") ?? [""])[0], ""]],
  "risk-without-control": [["registers.yaml", ", controls: [IAM-01]", ""]],
  "risk-not-reviewed": [["registers.yaml", ", reviewedOn: 2025-10-01", ""]],
  "no-policies": [
    ["policies.yaml", (/policies: .*\n/.exec(sound.get("policies.yaml") ?? "") ?? [""])[0], "policies: []\n"],
  ],
  "policy-not-approved": [["policies.yaml", ", approvedOn: 2025-10-01", ""]],
  "policy-approval-old": [["policies.yaml", "approvedOn: 2025-10-01", "approvedOn: 2025-03-30"]],
  "policy-without-text": [["policies.yaml", ", text: access.txt", ""]],
  "owner-left": [["data.yaml", "classes: [public], owner: ada", "classes: [public], owner: ben"]],
  "without-owner": [["data.yaml", "classes: [public], owner: ada", "classes: [public]"]],
};

/** Of which removing the entries would leave what names them in the air: they have a case of their own below. */
const empties = ["no-stores", "no-vendors", "no-components", "no-models"];

test("in a sound program nothing is found", () => {
  assert.deepEqual(
    gapsAfter().map(({ what }) => what),
    [],
  );
});

for (const [code, edits] of Object.entries(cases))
  test(`${code}: one change makes this check speak, and no other`, () => {
    assert.deepEqual(
      gapsAfter(...edits).map((gap) => gap.code),
      [code],
    );
  });

test("a program that describes no system lacks that, and not each part of it", () => {
  const bare = new Map(
    [...sound].filter(([name]) => ["program.yaml", "people.yaml", "sources.yaml"].includes(name)),
  );
  const { program, people } = programOf(bare);
  assert.deepEqual(
    programGaps(program, people, DAY).map(({ code }) => code),
    ["system-not-described"],
  );
});

test("a program that has just begun lacks each list that a reviewer asks for", () => {
  const begun = new Map([
    ...[...sound].filter(([name]) => ["people.yaml", "sources.yaml"].includes(name)),
    ["program.yaml", (sound.get("program.yaml") ?? "").replace(/^subservice.*\n/m, "")] as const,
    ["service.yaml", "services: [{ id: api, name: API, kind: api }]\n"] as const,
  ]);
  const { program, people } = programOf(begun);
  assert.deepEqual(
    programGaps(program, people, DAY).map(({ code }) => code),
    ["nothing-promised", ...empties, "no-policies", "no-risks"],
  );
});

test("every check has a case, a place in the order of a reviewer, and all but the first two a pitfall", () => {
  const codes = checks.map(({ code }) => code);
  assert.deepEqual([...codes, "named-outside", "never-named"].sort(), [...reviewersOrder].sort());
  assert.equal(new Set(reviewersOrder).size, reviewersOrder.length);
  assert.deepEqual(
    codes.filter((code) => cases[code] === undefined).sort(),
    [...empties, "system-not-described"].sort(),
  );
  const gap = (code: string) => ({ code, what: "", facts: [], criteria: [], why: "", next: "", ask: 1 });
  const inPitfalls = pitfallsOf(reviewersOrder.map(gap)).flatMap(({ gaps }) => gaps.map(({ code }) => code));
  assert.deepEqual(
    reviewersOrder.filter((code) => inPitfalls.filter((each) => each === code).length !== 1),
    ["system-not-described", "nothing-promised"],
  );
});

test("what changes on a day is found from that day on", () => {
  const on = (day: string): readonly string[] => {
    const { program, people } = programOf(
      mended(sound, [
        {
          code: "",
          fact: "",
          story: "",
          mend: [
            {
              file: "boundary.yaml",
              find: "environment: live, neededFor: [safe]",
              put: "environment: live, neededFor: [safe], changes: [{ from: 2026-02-10, scope: out }]",
            },
          ],
        },
      ]),
    );
    return programGaps(program, people, day as LocalDate).map(({ code }) => code);
  };
  assert.deepEqual(on("2026-02-09"), []);
  assert.deepEqual(on("2026-02-10"), ["left-out-of-scope"]);
});

test("the component of a carved-out subservice organization may be outside", () => {
  const out: Edit = [
    "boundary.yaml",
    "scope: in, rationale: It answers.",
    "scope: out, rationale: Carved out., vendor: host",
  ];
  assert.deepEqual(gapsAfter(out), []);
  assert.deepEqual(
    gapsAfter(out, ["vendors.yaml", "method: carve-out", "method: inclusive"]).map(({ code }) => code),
    ["left-out-of-scope"],
  );
});

test("notice within hours that end on the next day is late only when that day is over, and unsent notice is told", () => {
  const unsent: Edit = ["registers.yaml", "    noticeSentOn: 2026-01-12\n", ""];
  const on = (day: string) => {
    const { program, people } = programOf(
      mended(sound, [
        { code: "", fact: "", story: "", mend: [{ file: unsent[0], find: unsent[1], put: unsent[2] }] },
      ]),
    );
    return programGaps(program, people, day as LocalDate).some(({ code }) => code === "incident-notice-late");
  };
  assert.equal(on("2026-01-12"), false);
  assert.equal(on("2026-01-13"), true);
});

test("a bridge letter covers, a report of another window's end does not, and three months are waited for", () => {
  const after = (through: string, more = "") =>
    gapsAfter(["vendors.yaml", "through: 2025-12-31", `through: ${through}${more}`]).map(({ code }) => code);
  assert.deepEqual(after("2025-12-29"), []);
  assert.deepEqual(after("2025-12-28"), ["vendor-report-gap"]);
  assert.deepEqual(after("2025-09-30", ", bridgeLetterThrough: 2025-12-31"), []);
});

test("an approval, a review and a report hold for a year, its last day included", () => {
  assert.deepEqual(gapsAfter(["policies.yaml", "approvedOn: 2025-10-01", "approvedOn: 2025-03-31"]), []);
  assert.deepEqual(gapsAfter(["vendors.yaml", "on: 2025-09-01", "on: 2025-03-31"]), []);
  assert.deepEqual(gapsAfter(["registers.yaml", "reviewedOn: 2025-10-01", "reviewedOn: 2025-03-31"]), []);
});

test("names on lists are laid beside the program, in both directions", () => {
  const { program, people } = programOf(
    mended(sound, [
      {
        code: "",
        fact: "",
        story: "",
        mend: [
          {
            file: "vendors.yaml",
            find: "    name: Host\n",
            put: "    name: Host\n    knownAs: [HOST INC]\n",
          },
        ],
      },
    ]),
  );
  const found = nameGaps(program, people, DAY, [
    { list: "spend", name: "Host  Inc", record: "rec_1" },
    { list: "spend", name: "Chatterbox" },
    { list: "sign-on", name: "CHATTERBOX" },
  ]);
  assert.deepEqual(
    found.map(({ code, what, facts }) => ({ code, what, facts })),
    [
      {
        code: "named-outside",
        what: "CHATTERBOX is named on the lists sign-on and spend, and the program knows nothing of that name.",
        facts: ["names/sign-on/CHATTERBOX", "names/spend/Chatterbox"],
      },
      {
        code: "never-named",
        what: "The vendor Maker (maker) is not on the list spend.",
        facts: ["program/vendors/maker/knownAs"],
      },
    ],
  );
  assert.deepEqual(nameGaps(program, people, DAY, []), []);
  // What an incomplete list lacks may stand on the part that was not read.
  const part = [
    { list: "spend", name: "Host Inc", incomplete: true },
    { list: "spend", name: "Chatterbox", incomplete: true },
  ];
  assert.deepEqual(
    nameGaps(program, people, DAY, part).map(({ code }) => code),
    ["named-outside"],
  );
});

test("what is said to be none is no gap where there may be none, and a question where there cannot", () => {
  const { program, people } = programOf(sound);
  const without = { ...program, system: { ...noSystem }, none: ["models", "risks", "vendors"] as const };
  const of = (code: string) => programGaps(without, people, DAY).filter((gap) => gap.code === code);
  assert.deepEqual([of("no-vendors"), of("no-models")], [[], []]);
  assert.deepEqual(
    [...of("no-risks"), ...of("no-policies")].map(({ what }) => what),
    ["The program says that there is no risk.", "No policy is named."],
  );
});
