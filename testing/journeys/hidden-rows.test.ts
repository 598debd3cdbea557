/** Somebody takes rows out of a list before it is read: the second source knows better, and the gap follows every result. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Summary } from "../../packages/assessment/src/index.ts";
import { editRows, writeCompany } from "./sample-company.ts";
import { newPlace, unpacked, type Place } from "./support.ts";

const PIPELINE = "company/exports/deploy-pipeline.csv";
const home = ["--workspace", "company"] as const;
let place: Place;
/** The hidden deploys' commits. */
let hidden: readonly string[];

before(async () => {
  place = newPlace("hidden-rows");
  await writeCompany(place, "company");
  await place.keepServer("company");
  editRows(place, PIPELINE, (rows) => {
    assert.equal(rows.length, 412);
    const isHidden = (_: string, i: number) => i % 10 === 3 && i < 400;
    hidden = rows.filter(isHidden).map((row) => row.split(",")[2] ?? "");
    return rows.filter((row, i) => !isHidden(row, i));
  });
  assert.equal(new Set(hidden).size, 40);
});
after(() => place.remove());

test("collecting shows that the independent source counts 40 more", async () => {
  const { stdout, status } = await place.run("collect", "deploy-pipeline", "cluster-audit-log", ...home);
  assert.equal(status, 0);
  assert.match(stdout, /deploy-pipeline@1: 372 deploy items/);
  assert.match(stdout, /cluster-audit-log@1: 412 deploy items/);
  assert.match(
    stdout,
    /reconciled deploy-pipeline with cluster-audit-log on revision: 372 matched, 0 only in deploy-pipeline, 40 only in cluster-audit-log/,
  );
});

test("the reconciliation names the forty by id and by commit", async () => {
  const { differences } = await place.json<{
    differences: { id: string; key: string; side: string }[];
  }>("population", "reconcile", "deploy-pipeline", "cluster-audit-log", ...home);
  assert.deepEqual(
    new Set(differences.map((each) => `${each.side}: ${each.id} ${each.key}`)),
    new Set(hidden.map((key) => `only in cluster-audit-log: rollout-${key.slice(0, 12)} ${key}`)),
  );
});

test("no other comparison takes its place: not the list with itself, not another key, and looking again records nothing", async () => {
  const reconcile = (...rest: string[]) =>
    place.refused("population", "reconcile", "deploy-pipeline", ...rest, ...home);
  assert.match(await reconcile("deploy-pipeline"), /both come from deploy-pipeline/);
  assert.match(
    await reconcile("cluster-audit-log", "--key", "id"),
    /reconciled on revision, as the program says/,
  );
  const { stdout } = await place.run("population", "list", ...home);
  assert.match(stdout, /deploy-pipeline@1 +deploy +372 +complete +40 differences +no/);
});

test("the list is not frozen while the differences stand, and nothing is drawn from it", async () => {
  const words = await place.refused("population", "freeze", "deploy-pipeline", ...home);
  assert.match(words, /deploy-pipeline is not frozen: 40 differences with an independent source unresolved/);
  assert.match(words, /population reconcile deploy-pipeline cluster-audit-log/);
  assert.match(words, /--with-warning/);
  const draw = ["sample", "draw", "deploy-pipeline", "--size", "25", "--nonce", "ab".repeat(32)];
  assert.match(await place.refused(...draw, ...home), /deploy-pipeline is not frozen/);
});

const WARNING = "frozen with 40 differences with an independent source unresolved";

test("frozen with a warning, the warning stands in the assessment, on the screens and in the package", async () => {
  const frozen = await place.run("population", "freeze", "deploy-pipeline", "--with-warning", ...home);
  assert.equal(frozen.status, 0);
  assert.ok(frozen.stdout.includes(WARNING));

  const { summary } = await place.json<{ summary: Summary }>("assess", ...home);
  const use = summary.populations.find((each) => each.population === "deploy-pipeline");
  assert.deepEqual(use?.completeness.state, "differences");
  assert.ok(use?.warnings.includes(WARNING));
  const activity = summary.controls.find((each) => each.id === "CHG-02")?.activities[0];
  assert.ok(activity !== undefined && activity.population?.warnings.includes(WARNING));
  // No emergency among 372 rows shows nothing of the forty that are not there.
  assert.equal(activity.nothing, "zero-not-shown");

  const status = await place.run("status", ...home);
  assert.match(status.stdout, /deploy-pipeline: 40 differences to resolve/);
  assert.ok(status.stdout.includes(WARNING), status.stdout);
  const map = await place.run("map", "CHG-02", ...home);
  assert.match(map.stdout, /no items, and not shown that there were none/);
  assert.ok(map.stdout.includes(WARNING), map.stdout);

  const created = await place.json<{ path: string }>("package", "create", "--out", "hidden.zip", ...home);
  const files = unpacked(created.path, join(place.folder, "hidden"));
  const shown = JSON.parse(files.text("data/summary.json")) as Summary;
  assert.ok(
    shown.populations.find((each) => each.population === "deploy-pipeline")?.warnings.includes(WARNING),
  );
  for (const page of files.paths("populations/").filter((path) => path.includes("deploy-pipeline")))
    assert.ok(files.text(page).includes(WARNING), page);
  assert.ok(files.text("controls/CHG-02.html").includes(WARNING));
  const verified = await place.run("verify", "hidden.zip");
  assert.equal(verified.status, 0, verified.stdout);
});

test("once every difference is explained the count is shown, and the warning of the frozen list stays", async () => {
  const { body, differences } = await place.json<{
    body: { reconciliation: string };
    differences: { id: string }[];
  }>("population", "reconcile", "deploy-pipeline", "cluster-audit-log", ...home);
  const resolve = (ids: readonly string[]) =>
    place.run(
      "population",
      "resolve",
      body.reconciliation,
      ...ids,
      "--as",
      "belongs-to-population",
      "--reason",
      "the export was cut",
      "--by",
      "bessamy",
      ...home,
    );
  const ids = differences.map((each) => each.id);
  assert.equal((await resolve(ids.slice(0, 39))).status, 0);
  const almost = await place.run("population", "show", "deploy-pipeline", ...home);
  assert.match(almost.stdout, /completeness {2}1 difference/);
  assert.equal((await resolve(ids.slice(39))).status, 0);
  const all = await place.run("population", "show", "deploy-pipeline", ...home);
  assert.match(all.stdout, /completeness {2}reconciled, 40 differences resolved/);
  assert.ok(all.stdout.includes(WARNING));
  assert.match((await resolve(["rollout-000000000000"])).stderr, /is no difference of this reconciliation/);
});
