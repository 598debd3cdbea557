import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test, type TestContext } from "node:test";
import type { JsonObject } from "@countersign/kernel";
import {
  commitBytes,
  emptyRepository,
  oidOf,
  repositoryOf,
  runGit,
  type CommitSpec,
} from "../test-support/git-repository.ts";
import { readWith, resolverOf, type Reading, type ReadOptions } from "../test-support/memory-sink.ts";
import { git } from "./index.ts";

const ada = "Ada Example <ada@lumen.example>";
const bo = "Bo Example <bo@lumen.example>";
const people = resolverOf(
  { ada: ["email:ada@lumen.example"], bo: ["email:bo@lumen.example"], robot: ["email:ci@lumen.example"] },
  ["robot"],
);

async function read(path: string, settings: JsonObject = {}, options: ReadOptions = {}): Promise<Reading> {
  return readWith(
    git,
    { repositories: [{ name: "api", path }], ...settings },
    { person: people, ...options },
  );
}

async function one(t: TestContext, commit: CommitSpec, settings: JsonObject = {}): Promise<JsonObject> {
  const { sink } = await read(repositoryOf(t, [commit]), settings);
  assert.equal(sink.items.length, 1);
  return sink.items[0]?.item ?? {};
}

test("a change carries what its commit says, and persons only as opaque ids", async (t) => {
  const message = `api: limit the rate\n\nFixes lumen/api#4\n\nReviewed-by: ${bo}\nCo-authored-by: ${bo}\nCI-Result: passed\nSkip-Review: docs only\nPR-URL: https://git.example/pull/4\n`;
  const folder = repositoryOf(t, [{ message, author: ada, committer: "CI <ci@lumen.example>" }]);
  const { sink, outcome } = await read(folder);
  const oid = oidOf(folder, "main");
  assert.deepEqual(sink.factsOf(oid), {
    id: oid,
    repository: "api",
    branch: "main",
    revision: oid,
    mergedAt: "2026-03-01T12:00:00Z",
    title: "api: limit the rate",
    author: "ada",
    authorIsBot: false,
    committer: "robot",
    authoredAt: "2026-03-01T12:00:00Z",
    coAuthors: ["bo"],
    approvals: [{ person: "bo", bot: false, via: "Reviewed-by" }],
    checks: [{ name: "CI-Result", outcome: "passed" }],
    pullRequest: "https://git.example/pull/4",
    bypasses: [{ name: "Skip-Review" }],
    tickets: ["lumen/api#4"],
    links: ["https://git.example/pull/4"],
    signature: "none",
    trailers: [
      { key: "Reviewed-by", person: "bo" },
      { key: "Co-authored-by", person: "bo" },
      { key: "CI-Result", value: "passed" },
      { key: "Skip-Review", value: "docs only" },
      { key: "PR-URL", value: "https://git.example/pull/4" },
    ],
  });
  assert.equal(outcome.extraction.state, "complete");
});

for (const format of ["sha1", "sha256"] as const) {
  test(`the raw slice of a change is its commit object, from which its ${format} id follows`, async (t) => {
    const commits = [1, 2, 3].map((number) => ({
      message: `change ${number}\n`,
      at: `2026-03-0${number}T00:00:00Z`,
    }));
    const folder = repositoryOf(t, commits, `--object-format=${format}`);
    const { sink } = await read(folder);
    assert.equal(sink.items.length, 3);
    for (const { item, raw } of sink.items) {
      const bytes = raw.map((ref) => sink.slice(ref))[0] ?? Buffer.alloc(0);
      const id = createHash(format).update(`commit ${bytes.length}\0`).update(bytes).digest("hex");
      assert.equal(id, item.id);
    }
    const expected = runGit(folder, ["rev-list", "--first-parent", "--parents", "--timestamp", "main"]);
    assert.equal(sink.bytesOf("api/walk").toString().trimEnd(), expected);
  });
}

test("the window is half-open and committer dates out of order lose no change", async (t) => {
  const dates = [
    "2026-02-28T23:59:59Z",
    "2026-03-01T00:00:00Z",
    "2025-01-01T00:00:00Z",
    "2026-03-31T23:59:59Z",
    "2026-04-01T00:00:00Z",
    "2026-03-15T00:00:00Z",
    "2024-01-01T00:00:00Z",
  ];
  const folder = repositoryOf(
    t,
    dates.map((at) => ({ message: at, at })),
  );
  const march = await read(folder, {}, { from: "2026-03-01", through: "2026-03-31" });
  assert.deepEqual(march.sink.items.map(({ item }) => item.title).toSorted(), [
    "2026-03-01T00:00:00Z",
    "2026-03-15T00:00:00Z",
    "2026-03-31T23:59:59Z",
  ]);
  assert.equal(march.outcome.rowsRead, 3);
  const elsewhere = await read(
    folder,
    {},
    { from: "2026-03-01", through: "2026-03-31", zone: "America/New_York" },
  );
  assert.deepEqual(elsewhere.sink.items.map(({ item }) => item.title).toSorted(), [
    "2026-03-15T00:00:00Z",
    "2026-03-31T23:59:59Z",
    "2026-04-01T00:00:00Z",
  ]);
});

test("only first parents are changes, and a merge is one of them", async (t) => {
  const folder = repositoryOf(t, [
    { message: "root" },
    { message: "on a side branch", branch: "side", parents: [1] },
    { message: "on another", branch: "other", parents: [1] },
    { message: "octopus", parents: [1, 2, 3] },
  ]);
  const { sink, outcome } = await read(folder, {
    repositories: [{ name: "api", path: folder, branches: ["main"] }],
  });
  assert.deepEqual(
    sink.items.map(({ item }) => item.title),
    ["octopus", "root"],
  );
  assert.equal(outcome.extraction.state, "complete");
});

test("a change without a trailer says nothing of approvals and checks, and the read says who would know", async (t) => {
  const folder = repositoryOf(t, [{ message: "one" }, { message: "two" }]);
  for (const whenAbsent of ["unknown", "no-approval"]) {
    const { sink, outcome } = await read(folder, { approvals: { whenAbsent } });
    for (const { item } of sink.items)
      assert.deepEqual(["approvals" in item, "checks" in item], [false, false]);
    assert.deepEqual(
      outcome.lacks.find((lack) => lack.field === "change.approvals"),
      {
        field: "change.approvals",
        reason: "no approval trailer (Reviewed-by, Approved-by, Acked-by) on any of 2 changes in the window",
        suppliedBy: "github",
      },
    );
    assert.equal(
      outcome.lacks.find((lack) => lack.field === "change.approvals[].at")?.reason,
      "a commit trailer has no time",
    );
  }
});

test("where the settings say so, a change without a trailer is one without approval, if others have one", async (t) => {
  const folder = repositoryOf(t, [
    { message: "zero" },
    { message: `one\n\nReviewed-by: ${bo}` },
    { message: "two" },
    { message: "three\n\nReviewed-by: none" },
  ]);
  const explicit = await read(folder, { approvals: { whenAbsent: "no-approval" } });
  const approvals = Object.fromEntries(explicit.sink.items.map(({ item }) => [item.title, item.approvals]));
  assert.deepEqual(approvals, {
    zero: [],
    one: [{ person: "bo", bot: false, via: "Reviewed-by" }],
    two: [],
    three: [],
  });
  assert.equal(
    explicit.outcome.lacks.some((lack) => lack.field === "change.approvals"),
    false,
  );
  const silent = await read(folder);
  assert.equal(silent.sink.items.filter(({ item }) => "approvals" in item).length, 1);
  assert.match(
    silent.outcome.lacks.find((lack) => lack.field === "change.approvals")?.reason ?? "",
    /on 3 of 4 changes/,
  );
});

test("an author who approves under the bare name is the author", async (t) => {
  const facts = await one(t, { message: "t\n\nReviewed-by: ada example", author: ada });
  assert.deepEqual(facts.approvals, [{ person: "ada", bot: false, via: "Reviewed-by" }]);
});

test("an approver with the author's name and another address is pointed out", async (t) => {
  const folder = repositoryOf(t, [
    { message: "t\n\nReviewed-by: Ada Example <ada@home.example>", author: ada },
  ]);
  const { outcome } = await read(folder);
  assert.ok(
    outcome.cautions.some(
      (caution) =>
        caution.includes("author's name under another identity") &&
        caution.includes(oidOf(folder, "main").slice(0, 12)),
    ),
  );
});

test("several approvers, other keys, and a failed check are read as the settings say", async (t) => {
  const message = `t\n\nbody\n\nSigned-Off-By: ${bo}, CI <ci@lumen.example>\nReviewed-by: ${ada}\nBuild: failed\n`;
  const settings = {
    approvals: { trailers: ["signed-off-by"] },
    checks: { trailers: ["Build"] },
    links: { tickets: ["t"] },
  };
  const facts = await one(t, { message }, settings);
  assert.deepEqual(facts.approvals, [
    { person: "bo", bot: false, via: "Signed-Off-By" },
    { person: "robot", bot: true, via: "Signed-Off-By" },
  ]);
  assert.deepEqual(facts.checks, [{ name: "Build", outcome: "failed" }]);
  assert.deepEqual(facts.tickets, ["t"]);
});

test("text in another encoding is read, and bytes that are in none are shown as such", async (t) => {
  const latin = await one(t, { message: Buffer.from("Größe\n", "latin1"), encoding: "ISO-8859-1" });
  assert.equal(latin.title, "Größe");
  const folder = repositoryOf(t, [{ message: Buffer.from("Gr\xf6\xdfe\n", "latin1") }]);
  const { sink, outcome } = await read(folder);
  assert.equal(sink.items[0]?.item.title, "Gr\ufffd\ufffde");
  assert.ok(outcome.cautions.some((caution) => caution.includes("U+FFFD")));
});

test("odd commits are kept with what is there, or left out with the reason", async (t) => {
  const tree = "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n";
  const date = "1772366400 +0000";
  const cases: readonly (readonly [string, string | undefined])[] = [
    [`author Ada ${date}\ncommitter Ada ${date}\n\nno address\n`, "kept"],
    [`author Ada <ada@x <y>> ${date}\ncommitter Ada <ada@x> ${date}\n\ntwo brackets\n`, "kept"],
    [`author Ada <ada@x> yesterday\ncommitter Ada <ada@x> ${date}\n\nno author date\n`, "kept"],
    [`author Ada <ada@x> 99999999999999 +0000\ncommitter Ada <ada@x> ${date}\n\nfar future\n`, "kept"],
    [`author Ada <ada@x> ${date}\ncommitter Ada <ada@x> ${date}\n\n`, "kept"],
    [`author Ada <ada@x> ${date}\ncommitter Ada <ada@x> ${date}\nencoding klingon\n\nodd encoding\n`, "kept"],
    [`author  <> ${date}\ncommitter Ada <ada@x> ${date}\n\nnobody\n`, "it names no author"],
    [
      `author Ada <ada@x> ${date}\ncommitter Ada <ada@x> yesterday\n\nno date\n`,
      "its committer date cannot be read, so that nothing places it in or outside the window",
    ],
  ];
  for (const [rest, fate] of cases) {
    const folder = emptyRepository(t);
    const oid = commitBytes(folder, tree + rest);
    const { sink, outcome } = await read(folder);
    assert.equal(outcome.rowsRead, 1, rest);
    if (fate === "kept")
      assert.deepEqual([sink.items.map(({ item }) => item.id), sink.exclusions], [[oid], []], rest);
    else assert.deepEqual(sink.exclusions, [{ id: oid, reason: fate }], rest);
  }
});

test("the kind of signature is told, and not what it is worth", async (t) => {
  const head =
    "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor A <a@x> 1772366400 +0000\ncommitter A <a@x> 1772366400 +0000\n";
  for (const [armour, kind] of [
    ["PGP SIGNATURE", "pgp"],
    ["SSH SIGNATURE", "ssh"],
    ["SIGNED MESSAGE", "x509"],
    ["SOMETHING", "other"],
  ]) {
    const folder = emptyRepository(t);
    commitBytes(
      folder,
      `${head}gpgsig -----BEGIN ${armour}-----\n abc\n -----END ${armour}-----\n\nsigned\n\nReviewed-by: B <b@x>\n`,
    );
    const { sink } = await read(folder);
    assert.equal(sink.items[0]?.item.signature, kind);
    assert.equal(sink.items[0]?.item.title, "signed");
  }
});

test("a message of a million characters is one change", async (t) => {
  const facts = await one(t, { message: `${"long ".repeat(200_000)}\n\nReviewed-by: ${bo}\n` });
  assert.equal(String(facts.title).length, 501);
  assert.deepEqual(facts.approvals, [{ person: "bo", bot: false, via: "Reviewed-by" }]);
});

test("a repository without a commit and a window without a change are recorded zeros", async (t) => {
  const empty = await read(emptyRepository(t));
  assert.deepEqual(
    [empty.sink.items.length, empty.outcome.rowsRead, empty.outcome.extraction.state],
    [0, 0, "complete"],
  );
  const folder = repositoryOf(t, [{ message: "old", at: "2020-01-01T00:00:00Z" }]);
  const quiet = await read(folder);
  assert.deepEqual(
    [quiet.sink.items.length, quiet.outcome.rowsRead, quiet.outcome.extraction.state],
    [0, 0, "complete"],
  );
  assert.equal(
    quiet.outcome.lacks.some((lack) => lack.field === "change.approvals"),
    false,
  );
});

test("commits on two branches are counted once, and commits of two repositories twice", async (t) => {
  const commits: readonly CommitSpec[] = [
    { message: "shared" },
    { message: "on main" },
    { message: "on release", branch: "release", parents: [1] },
  ];
  const folder = repositoryOf(t, commits);
  const copy = repositoryOf(t, commits);
  const { sink, outcome } = await read(folder, {
    repositories: [
      { name: "api", path: folder, branches: ["main", "release"] },
      { name: "fork", path: copy, branches: ["main"] },
    ],
  });
  const shared = oidOf(folder, "main~1");
  assert.deepEqual(
    sink.items.map(({ item }) => `${String(item.repository)} ${String(item.branch)} ${String(item.title)}`),
    [
      "api main on main",
      "api main shared",
      "api release on release",
      "fork main on main",
      "fork main shared",
    ],
  );
  assert.equal(new Set(sink.items.map(({ item }) => item.id)).size, 5);
  assert.equal(sink.factsOf(`fork:${shared}`).revision, shared);
  assert.equal(outcome.rowsRead, 5);
});
