/** What an AI company is asked of its data and models, from the command line. The company and its customers are made up. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { newPlace, type Place } from "./support.ts";

const W = ["-w", "company"] as const;
const DIGEST = `sha256:${"a1".repeat(32)}`;
const WEIGHTS = `sha256:${"b2".repeat(32)}`;

const dataFile = `stores:
  - { id: prompts, name: Prompt log, classes: [customer-content], retention: { days: 30, ground: "MSA 6.1" } }
  - { id: index, name: Vector index, classes: [customer-content], retention: { days: 30, ground: "MSA 6.1" } }
  - { id: tickets, name: Tickets, classes: [customer-metadata] }
customers:
  - { id: cust-1, training: allowed, contract: "MSA 4.2", changes: [{ from: 2026-05-01, training: prohibited }] }
  - { id: cust-2, training: prohibited }
datasetVersions:
  - { id: support-1, dataset: support, version: "1", digest: "${DIGEST}", customers: [cust-1], intake: { approvedBy: ada, approvedOn: 2026-05-02 } }
  - { id: mix-1, dataset: mix, version: "1", customers: [], madeFrom: [support-1] }
`;
const modelsFile = `models:
  - { id: chat, name: Chat, party: first, owner: ada }
modelVersions:
  - { id: chat-1, model: chat, version: "1.0", digest: "${WEIGHTS}", trainedOn: [mix-1], code: trainer@4f2c9d1, from: 2026-05-20 }
  - { id: chat-2, model: chat, version: "2.0", from: 2026-06-20 }
`;
const sources = `sources:
  - id: registry
    connector: csv
    provides: model-release
    file: ../exports/releases.csv
    columns:
      id: Release
      model: Model
      version: Version
      deployedAt: Deployed
      approved: { column: Approved, as: yes-no }
      approvedBy: { column: Approver, as: email }
      approvedAt: Approved at
      digest: Digest
      evaluated: { column: Evaluated, as: yes-no }
      evaluatedDigest: Evaluated digest
      evaluationOutcome: Outcome
  - id: looks
    connector: csv
    provides: store-content
    file: ../exports/looks.csv
    columns: { id: Look, store: Store, listedAt: Looked at, oldestAt: Oldest }
  - id: payments
    connector: csv
    provides: service-use
    file: ../exports/payments.csv
    columns: { id: Row, list: List, name: Payee, listedAt: Taken }
`;
const releases = `Release,Model,Version,Deployed,Approved,Approver,Approved at,Digest,Evaluated,Evaluated digest,Outcome
R-1,chat,1.0,2026-05-20T10:00:00Z,yes,bo@small.example,2026-05-20T08:00:00Z,${WEIGHTS},yes,${WEIGHTS},met
`;
const vendorsFile = `vendors:
  - { id: example-cloud, name: Example Cloud, knownAs: ["EXAMPLE CLOUD INC."] }
  - { id: mail-example, name: Mail Example }
`;
const payments = `Row,List,Payee,Taken
P-1,spend,Example Cloud Inc.,2026-05-31T10:00:00Z
P-2,spend,Old Payee,2026-05-31T10:00:00Z
P-3,spend,example cloud  inc.,2026-06-30T10:00:00Z
P-4,spend,Model Lab,2026-06-30T10:00:00Z
`;
const looks = `Look,Store,Looked at,Oldest
K-1,prompts,2026-06-30T10:00:00Z,2026-05-01T00:00:00Z
K-2,index,2026-06-30T10:00:00Z,2026-06-20T00:00:00Z
`;

let place: Place;
before(async () => {
  place = newPlace("questions");
  const made = await place.run(
    "init",
    "--from",
    "2026-04-01",
    "--through",
    "2026-06-30",
    "--name",
    "Small Co",
    ...W,
  );
  assert.equal(made.status, 0, made.stderr);
  place.write(
    "company/countersign/people.yaml",
    `people:
  - { handle: ada, name: Ada Example, identities: ["email:ada@small.example"] }
  - { handle: bo, name: Bo Example, identities: ["email:bo@small.example"] }
`,
  );
  place.write("company/countersign/sources.yaml", sources);
  place.write("company/exports/releases.csv", releases);
  place.write("company/exports/looks.csv", looks);
  place.write("company/exports/payments.csv", payments);
});
after(() => place.remove());

test("before the company says what its system is, the question says what is missing", async () => {
  assert.equal((await place.run("collect", ...W)).status, 0);
  const asked = await place.run("data", "used", "cust-1", "--model", "chat", ...W);
  assert.equal(asked.status, 1);
  assert.match(asked.stderr, /says nothing of data, models or vendors[\s\S]*data\.yaml/);
});

test("whether a customer's data is in a model is told with the way there and the contract of that day", async () => {
  place.write("company/countersign/data.yaml", dataFile);
  place.write("company/countersign/models.yaml", modelsFile);
  const collected = await place.run("collect", ...W);
  assert.equal(collected.status, 0, collected.stderr);
  const used = await place.run("data", "used", "cust-1", "--model", "chat", ...W);
  assert.equal(used.status, 0, used.stderr);
  assert.match(
    used.stdout,
    /chat-1 \(from 2026-05-20\): used; THE CONTRACT PROHIBITED IT on 2026-05-02 \(MSA 4\.2\)/,
  );
  assert.match(used.stdout, /through mix-1 ← support-1/);
  assert.match(used.stdout, /chat-2 \(from 2026-06-20\): unknown\n {2}what chat-2 learned from is not said/);
  const other = await place.json<{ versions: { use: { state: string } }[] }>(
    "data",
    "used",
    "cust-2",
    "--model",
    "chat",
    ...W,
  );
  assert.deepEqual(
    other.versions.map(({ use }) => use.state),
    ["not-used", "unknown"],
  );
  const nobody = await place.run("data", "used", "cust-9", "--model", "chat", ...W);
  assert.equal(nobody.status, 1);
  assert.match(nobody.stderr, /no customer "cust-9"[\s\S]*it has cust-1, cust-2/);
});

test("a model's lineage joins what the company says with its releases, by digest", async () => {
  const { stdout, status, stderr } = await place.run("model", "lineage", "chat", ...W);
  assert.equal(status, 0, stderr);
  assert.match(stdout, /chat-1 {2}1\.0/);
  assert.match(stdout, /code +trainer@4f2c9d1/);
  assert.match(stdout, /approved by Bo Example at 2026-05-20T08:00:00Z; evaluated on the same digest, met/);
  assert.match(stdout, /data +support-1 {2}sha256:a1a1/);
  assert.match(stdout, /unknown +what chat-2 learned from is not said/);
  assert.match(stdout, /nothing of the kind dataset was ever collected/);
});

test("which stores hold data past its term is told for those that somebody looked into", async () => {
  const { stdout, status, stderr } = await place.run("data", "past-term", "--on", "2026-07-10", ...W);
  assert.equal(status, 0, stderr);
  assert.match(stdout, /prompts +PAST ITS TERM of 30 days since 2026-05-31T00:00:00Z; looked at 2026-06-30/);
  assert.match(stdout, /index +within its term of 30 days/);
  assert.match(stdout, /tickets +unknown: the program does not say how long/);
  const wrong = await place.run("data", "past-term", "--on", "soon", ...W);
  assert.equal(wrong.status, 1);
  assert.match(wrong.stderr, /^--on "soon"/);
  const later = await place.json<{ stores: { store: string; state: string; reason?: string }[] }>(
    "data",
    "past-term",
    "--on",
    "2026-08-01",
    ...W,
  );
  assert.equal(later.stores.find(({ store }) => store === "index")?.reason, "not-looked-since");
});

test("readiness is computed from what is recorded, says what is missing, and concludes nothing", async () => {
  const found = await place.json<{
    criteria: {
      criterion: string;
      answeredBy: string;
      steps?: { operating: string };
      missing: { what: string }[];
    }[];
  }>("readiness", "--as-of", "2026-07-10", ...W);
  assert.equal(found.criteria.length, 33);
  const released = found.criteria.find(({ criterion }) => criterion === "CC8.1");
  assert.ok(
    released?.missing.some(({ what }) => what === "Each release: nothing is known of 1 that was due"),
  );
  // The company's own gaps stand among what is missing.
  const all = found.criteria.flatMap(({ missing }) => missing.map(({ what }) => what));
  assert.ok(
    all.some((what) => what.includes("chat-2")),
    all.join("\n"),
  );
  const { stdout, status, stderr } = await place.run(
    "readiness",
    "--as-of",
    "2026-07-10",
    "--sizes",
    "25",
    ...W,
  );
  assert.equal(status, 0, stderr);
  assert.match(stdout, /^designed, implemented, operating, evidenced$/m);
  assert.doesNotMatch(stdout, /compliant|certified|passed/i);
  const wrong = await place.run("readiness", "--sizes", "many", ...W);
  assert.equal(wrong.status, 1);
  assert.match(wrong.stderr, /Whole numbers with commas/);
});

test("what a gateway sent is held against the program, and no prompt is repeated", async () => {
  place.write(
    "company/countersign/vendors.yaml",
    `vendors:
  - { id: modelmaker, name: Modelmaker, dataSent: [telemetry], terms: { training: prohibited }, knownAs: ["litellm:openai"] }
`,
  );
  place.write(
    "company/countersign/boundary.yaml",
    `components:
  - { id: bot, name: Support bot, kind: software, sort: service, holds: [customer-content], knownAs: ["litellm-key:support-bot"] }
`,
  );
  assert.equal((await place.run("collect", ...W)).status, 0);
  const call = (key: string) =>
    JSON.stringify({
      custom_llm_provider: "openai",
      model: "gpt-4o",
      startTime: "2026-06-24 09:20:46.847371",
      status: "success",
      prompt_tokens: 10,
      metadata: { user_api_key_alias: key },
      messages: [{ role: "user", content: "a secret of a customer" }],
    });
  place.write("calls.jsonl", `${call("support-bot")}\n${call("stray")}\n`);
  const { stdout, status, stderr } = await place.run("vendor", "usage", "calls.jsonl", ...W);
  assert.equal(status, 0, stderr);
  assert.match(
    stdout,
    /bot → openai gpt-4o: 1 call, 10 tokens sent: BEYOND what vendors\.yaml says is sent to modelmaker: customer-content/,
  );
  assert.match(stdout, /stray → openai gpt-4o: .* unknown: no component is known as litellm-key:KEY/);
  assert.doesNotMatch(stdout, /secret/);
  place.write("calls.jsonl", `${call("support-bot")}\n{"messages":"a secret of a customer"}\n`);
  const broken = await place.run("vendor", "usage", "calls.jsonl", ...W);
  assert.equal(broken.status, 1);
  assert.match(broken.stderr, /calls\.jsonl:2 is no call/);
  assert.doesNotMatch(broken.stderr, /secret/);
  assert.equal((await place.run("vendor", "usage", "nowhere.jsonl", ...W)).status, 1);
});

test("collected lists of payments are laid beside the vendors: the newest of each, as of a day", async () => {
  place.write("company/countersign/vendors.yaml", vendorsFile);
  assert.equal((await place.run("apply", ...W)).status, 0);
  type Told = {
    lists: { list: string; listedAt: string; names: string[] }[];
    outsideOnly: { name: string; on: { record?: string }[] }[];
    insideOnly: { id: string; lists: string[] }[];
    matched: number;
  };
  const now = await place.json<Told>("vendor", "reconcile", ...W);
  assert.deepEqual(
    now.lists.map(({ list, listedAt }) => [list, listedAt]),
    [["spend", "2026-06-30T10:00:00Z"]],
  );
  assert.deepEqual(
    now.outsideOnly.map(({ name, on }) => [name, on.every(({ record }) => record !== undefined)]),
    [["Model Lab", true]],
  );
  assert.deepEqual(
    [now.insideOnly, now.matched],
    [[{ kind: "vendor", id: "mail-example", lists: ["spend"] }], 1],
  );
  const then = await place.json<Told>("vendor", "reconcile", "--on", "2026-06-15", ...W);
  assert.deepEqual(
    then.outsideOnly.map(({ name }) => name),
    ["Old Payee"],
  );
  const before = await place.run("vendor", "reconcile", "--on", "2026-05-01", ...W);
  assert.match(before.stdout, /no list was collected: name a source that provides service-use/);
  const ready = await place.run("readiness", "--all", ...W);
  assert.match(
    ready.stdout,
    /Model Lab is named on the list spend, and the program knows nothing of that name/,
  );
});

test("each policy is told with its approval, its text and who acknowledged the version, by exact name", async () => {
  place.write(
    "company/countersign/policies.yaml",
    `policies:
  - { id: conduct, title: Code of conduct, version: "2", owner: ada, approvedBy: ada, approvedOn: 2026-04-02, text: conduct.txt }
  - { id: access, title: Access, version: "1" }
`,
  );
  place.write("company/countersign/policies/conduct.txt", "Be honest.\n");
  place.write(
    "company/countersign/sources.yaml",
    `${sources}  - id: signatures
    connector: csv
    provides: acknowledgement
    file: ../exports/signatures.csv
    columns:
      id: Request
      person: { column: Signer, as: email }
      policy: Policy
      version: Version
      dueAt: Due
      acknowledged: { column: Signed, as: yes-no }
      acknowledgedAt: Signed at
`,
  );
  place.write(
    "company/exports/signatures.csv",
    `Request,Signer,Policy,Version,Due,Signed,Signed at
S-1,ada@small.example,Code of conduct,2,2026-04-30T20:00:00Z,yes,2026-04-10T08:00:00Z
S-2,bo@small.example,Code of conduct,2,2026-04-30T20:00:00Z,no,
S-3,ada@small.example,Access policy,1,2026-04-30T20:00:00Z,yes,2026-04-10T08:00:00Z
`,
  );
  assert.equal((await place.run("collect", "signatures", ...W)).status, 0);
  const { stdout } = await place.run("policy", "list", "--on", "2026-05-31", ...W);
  const shown = stdout
    .replace(/as read \S+Z/, "as read TIME")
    .replace(/sha256:[0-9a-f]{64}/, "DIGEST")
    .replace(/\nread from[^]*$/, "");
  assert.equal(
    shown,
    `Policies in force on 2026-05-31

Code of conduct (conduct)
  version       2
  owner         Ada Example
  approved      by Ada Example on 2026-04-02
  next approval due by 2027-04-02
  text          policies/conduct.txt  DIGEST
  acknowledged  by 1 of 2 workers of that day
                not Bo Example, as read TIME; due 2026-04-30T20:00:00Z

Access (access)
  version       1
  owner         not said
  approved      not said
  next approval unknown: no approval is said
  text          not said
  acknowledged  unknown: no list names a policy by this id or title

on the lists, and no id or title of a policy of the program:
  "Access policy", 1 duty
`,
  );
});

test("the data is shown as a picture of a day: as text, and as a file with the facts of every word beside it", async () => {
  const shown = await place.run("data", "picture", "--on", "2026-05-31", ...W);
  assert.match(
    shown.stdout,
    /^Small Co · Where data comes from, rests and goes on May 31, 2026\n[^]*\nPrompt log \(Data store\)\n {2}Holds: customer content\n {2}Kept: 30 days\n {2}Training of models: MISSING/,
  );
  const made = await place.run("data", "picture", "data.svg", "--on", "2026-05-31", ...W);
  assert.equal(made.status, 0, made.stderr);
  assert.match(place.read("data.svg"), /^<svg\s+xmlns[^]*Prompt log[^]*<\/svg>\s*$/);
  assert.match(place.read("data.sidecar.json"), /"facts":\["program\/stores\/prompts\/classes"\]/);
  assert.match(await place.refused("data", "picture", "data.png", ...W), /a picture is an SVG/);
});
