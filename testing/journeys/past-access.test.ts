/** Who could read a made-up company's stores on past dates, through the real command, from lists that were really collected. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { AccessReport } from "../../packages/application/src/index.ts";
import { ACCESS_HOME, accessSources, makeAccessCompany } from "./access-company.ts";
import { newPlace, root, type Place } from "./support.ts";

let place: Place;
const show = async (...words: readonly string[]): Promise<string> => {
  const { stdout, stderr, status } = await place.run("access", "show", ...words, ...ACCESS_HOME);
  assert.equal(status, 0, stderr);
  return stdout;
};

before(async () => {
  place = newPlace("past-access");
  await makeAccessCompany(place);
  await place.keepServer("company");
  const { status, stderr } = await place.run("collect", ...ACCESS_HOME);
  assert.equal(status, 0, stderr);
});
after(() => place.remove());

/** One state's part of the answer, without what chance made. */
function part(text: string, title: string): string {
  const lines = text.replaceAll(/rec_[0-9a-f]{24}/g, "rec_…").split("\n");
  const start = lines.indexOf(title);
  assert.ok(start >= 0, `${title}:\n${text}`);
  const end = lines.indexOf("", start);
  return lines.slice(start + 1, end).join("\n");
}

test("every way in is named with its ground and its evidence, and the leaver who still could is not passed over", async () => {
  const text = await show("training-store", "--on", "2026-03-11");
  assert.match(
    text,
    /^Who could read training-store, at any time of 2026-03-11, that is 2026-03-11 00:00 to 2026-03-12 00:00 {2}\(times in Europe\/Berlin\)\n {2}5 could · 0 unknown · 4 could not · the answer is complete\n/,
  );
  assert.equal(
    part(text, "Could"),
    `  email:ada@made-up.example
    direct           viewer on training-store (granted 2026-02-03 10:30)
      ground    approved by email:head@made-up.example 2026-02-03 10:00, ACC-12
      evidence  e1 of access-changes@1, record rec_…
  email:cy@made-up.example
    left 2026-03-10 17:00; the list of leavers says that the last access was removed 2026-03-11 10:00
    direct           viewer on training-store (on the list since 2026-01-05 09:00)
      ground    no grant or approval of it was collected
      evidence  t2 of store-lists@1, record rec_…
  email:gus@made-up.example
    group            member of group ml (on the list since 2026-01-05 09:00), whose members have viewer on training-store (on the list since 2026-01-05 09:00)
      ground    no grant or approval of it was collected
      evidence  g2 of group-lists@1, record rec_…
      evidence  t3 of store-lists@1, record rec_…
  email:hal@made-up.example
    service-account  user on conveyor (on the list since 2026-01-05 09:00), which has viewer on training-store (on the list since 2026-01-05 09:00)
      ground    no grant or approval of it was collected
      evidence  c1 of store-lists@1, record rec_…
      evidence  t4 of store-lists@1, record rec_…
  service account conveyor
    direct           viewer on training-store (on the list since 2026-01-05 09:00)
      ground    no grant or approval of it was collected
      evidence  t4 of store-lists@1, record rec_…`,
  );
  assert.equal(
    part(text, "Could not"),
    `  email:bo@made-up.example
    has billing on training-store (2026-02-20 11:00), which does not let its holder read
  email:di@made-up.example
    membership in group ml was taken away 2026-03-02 11:00
  email:eve@made-up.example
    viewer on training-store was taken away 2026-02-12 11:00
  email:ivo@made-up.example
    not on the list of training-store of 2026-01-05 09:00, nor granted since`,
  );
  assert.equal(
    part(text, "Others"),
    "  Nobody else could: whoever is not named here stood on no list, and every change since is told.",
  );
});

test("a data store of the program is asked about by its name, and stands on the resources that the program says", async () => {
  place.write(
    "company/countersign/data.yaml",
    `stores:
  - { id: customer-training, name: Training data, classes: [training-data], resources: [training-store] }
  - { id: elsewhere, name: Elsewhere, classes: [training-data] }
`,
  );
  const applied = await place.run("apply", ...ACCESS_HOME);
  assert.equal(applied.status, 0, applied.stderr);
  const byStore = await show("customer-training", "--on", "2026-03-11");
  const says = "  the program says that customer-training stands on training-store\n";
  assert.ok(byStore.includes(says), byStore);
  assert.equal(byStore.replace(says, ""), await show("training-store", "--on", "2026-03-11"));
  const unsaid = await place.run("access", "show", "elsewhere", "--on", "2026-03-11", ...ACCESS_HOME);
  assert.equal(unsaid.status, 1);
  assert.match(unsaid.stderr, /does not say on which resources the store elsewhere stands[\s\S]*data\.yaml/);
});

test("a grant of two days between two lists is seen at an instant in them, and not outside", async () => {
  const eve = (text: string) => /email:eve@made-up\.example\n {4}(.*)/.exec(text)?.[1];
  assert.match(
    eve(await show("training-store", "--at", "2026-02-11T12:00:00Z")) ?? "",
    /^direct +viewer on training-store \(granted 2026-02-10 11:00\)$/,
  );
  assert.equal(
    eve(await show("training-store", "--at", "2026-02-12T12:00:00+01:00")),
    "viewer on training-store was taken away 2026-02-12 11:00",
  );
});

test("break-glass counts for the hours that it lasted", async () => {
  assert.match(
    await show("training-store", "--on", "2026-04-20"),
    /ivo@made-up\.example\n {4}break-glass +break-glass session on training-store, begun 2026-04-20 14:00\n {6}ground +approved by email:head@made-up\.example, INC-7\n {6}when +2026-04-20 14:00 to 2026-04-20 15:30\n/,
  );
});

test("on a day in a declared gap nobody is said to could or could not, and the gap is named", async () => {
  const text = await show("training-store", "--on", "2026-05-11");
  assert.match(text, / 0 could · 9 unknown · 0 could not · the answer is incomplete\n/);
  assert.ok(
    part(text, "Others").endsWith(
      "access-changes does not tell 2026-05-10 00:00 to 2026-05-13 00:00 (the audit log of the store was switched off)",
    ),
  );
});

test("two lists without a feed of changes show their own instants, and leave everything between open", async () => {
  const between = await show("legacy-share", "--on", "2026-03-11");
  assert.match(between, / 0 could · 3 unknown · 0 could not · the answer is incomplete\n/);
  assert.ok(
    between.includes(
      "legacy-share: on the list of 2026-01-05 09:00, not on the list of 2026-04-01 10:00; no source of changes tells what was in between",
    ),
  );
  assert.match(part(between, "Others"), /No break-glass sessions were collected/);
  const { answer } = await place.json<AccessReport>(
    "access",
    "show",
    "legacy-share",
    "--on",
    "2026-04-01",
    ...ACCESS_HOME,
  );
  assert.deepEqual(
    answer.principals.map((each) => [each.state, "paths" in each ? each.paths[0]?.during : undefined]),
    [
      ["could", [{ start: "2026-04-01T08:00:00Z", end: "2026-04-01T08:00:00.001Z" }]],
      ["could", [{ start: "2026-04-01T08:00:00Z", end: "2026-04-01T08:00:00.001Z" }]],
      ["unknown", undefined],
    ],
  );
});

test("a resource that no source names is unknown and no empty list, with the names that there are", async () => {
  const text = await show("trainig-store", "--on", "2026-03-11");
  assert.match(
    text,
    /the answer is incomplete\n {2}no source names trainig-store; those named are conveyor, legacy-share, training-store\n/,
  );
  assert.match(text, /nothing was collected about trainig-store/);
});

test("a question without a date, with two, of a day that is none and of a day to come is refused", async () => {
  const refused = (...words: string[]) =>
    place.refused("access", "show", "training-store", ...words, ...ACCESS_HOME);
  assert.match(await refused(), /the question has no date/);
  assert.match(await refused("--on", "2026-03-11", "--at", "2026-03-11T00:00:00Z"), /two questions/);
  assert.match(await refused("--on", "2026-02-30"), /no such day/);
  assert.match(await refused("--at", "2026-02-20T10:00"), /no time zone/);
  assert.match(await refused("--on", "2999-01-01"), /has not come yet/);
});

test("a later pull that was partial takes nothing away from what an earlier one showed, and a holder's erased line opens the list", async () => {
  const changes = place.read("company/exports/access-changes.csv");
  place.write(
    "company/exports/access-changes.csv",
    `${changes}e7,soon,add,training-store,,zoe@made-up.example,viewer,yes,,,\n`,
  );
  assert.equal((await place.run("collect", "access-changes", ...ACCESS_HOME)).status, 0);
  assert.match(
    await show("training-store", "--on", "2026-03-11"),
    /5 could · 0 unknown · 4 could not · the answer is complete/,
  );
  place.write("company/exports/access-changes.csv", changes);
  const people =
    "people:\n  - { handle: ann, identities: [email:ann@made-up.example] }\n  - { handle: ben, identities: [email:ben@made-up.example] }\n";
  place.write("company/countersign/people.yaml", people);
  assert.equal((await place.run("collect", "access-changes", ...ACCESS_HOME)).status, 0);
  const decided = ["--reason", "asked for", "--by", "ann", "--approver", "ben"];
  const erased = await place.run("erase", "item", "store-lists", "t2", ...decided, ...ACCESS_HOME);
  assert.equal(erased.status, 0, erased.stderr);
  const text = await show("training-store", "--at", "2026-01-05T08:00:00Z");
  assert.match(
    text,
    /the list of training-store of 2026-01-05 09:00 is not whole: 1 of its lines was erased or names no holder/,
  );
  assert.match(text, /email:bo@made-up\.example\n {4}direct/);
});

test("two organizations on one server see nothing of each other", async () => {
  const two = newPlace("past-access-two");
  try {
    const server = await two.keepServer("server");
    const { user, password, host, port } = server.connectionString("postgres");
    const url = `postgresql://${String(user)}:${encodeURIComponent(String(password))}@localhost:${String(port)}/postgres?host=${encodeURIComponent(String(host))}`;
    const run = async (home: string, ...args: readonly string[]) => {
      const child = spawn(
        process.execPath,
        [join(root, "apps/cli/bin/countersign.js"), ...args, "--workspace", home],
        { cwd: two.folder, env: { ...process.env, NO_COLOR: "1", DATABASE_URL: url } },
      );
      let text = "";
      child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
      child.stderr.on("data", (chunk: Buffer) => (text += chunk.toString()));
      const [status] = (await once(child, "close")) as [number];
      assert.equal(status, 0, text);
      return text;
    };
    for (const [home, who] of [
      ["one", "ada"],
      ["other", "bo"],
    ] as const) {
      await run(home, "init", "--from", "2026-01-01", "--through", "2026-06-30", "--name", `Made-up ${home}`);
      const [lists] = accessSources.split("  - id: group-lists");
      two.write(`${home}/countersign/sources.yaml`, lists ?? "");
      two.write(
        `${home}/exports/store-lists.csv`,
        `Entry,Store,Taken,User,Service account,Group,Role,Reads\nt1,training-store,2026-01-05T08:00:00Z,${who}@made-up.example,,,viewer,yes\n`,
      );
      await run(home, "collect");
    }
    const one = await run("one", "access", "show", "training-store", "--at", "2026-01-05T08:00:00Z");
    assert.match(one, /1 could · 0 unknown · 0 could not/);
    assert.match(one, /ada@made-up\.example/);
    assert.doesNotMatch(one, /bo@made-up\.example/);
  } finally {
    await two.remove();
  }
});
