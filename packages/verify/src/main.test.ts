import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { buildVerifier } from "../build.ts";
import { makeKeys, tellStory } from "./testing/company.ts";
import { packed, zipOf } from "./testing/pack.ts";
import type { PackageVerdict } from "./verdict.ts";

const folder = mkdtempSync(join(tmpdir(), "verify-"));
after(() => rmSync(folder, { recursive: true }));
const bundle = await buildVerifier(folder);

const keys = makeKeys();
const story = tellStory("acme", keys);
const good = join(folder, "good package.zip");
writeFileSync(good, zipOf(packed(story)));
const since = join(folder, "checkpoint");
writeFileSync(since, story.company.checkpoint(5));

const oldNode = spawnSync("node", ["-p", "process.versions.node"], { encoding: "utf8" }).stdout?.trim() ?? "";

function run(...args: string[]) {
  const done = spawnSync(process.execPath, [bundle.path, ...args], { cwd: folder, encoding: "utf8" });
  return { status: done.status, out: done.stdout, errors: done.stderr };
}

test("the built verifier is one small file that imports nothing and signs nothing, and its digest stands beside it", () => {
  const text = readFileSync(bundle.path, "utf8");
  assert.ok(bundle.size < 200_000, String(bundle.size));
  assert.doesNotMatch(
    text,
    /^\s*(?:import|export) |\bimport\(|\brequire\(|\beval\(|createPrivateKey|signNote/m,
  );
  const asked = [...text.matchAll(/\bbuiltin\("([^"]+)"\)/g)].map(([, name]) => name);
  assert.deepEqual([...new Set(asked)].sort(), ["node:crypto", "node:fs", "node:util", "node:zlib"]);
  assert.equal(readFileSync(`${bundle.path}.sha256`, "utf8"), `${bundle.sha256}  countersign-verify.mjs\n`);
});

test("exit 0 and the words for an intact package; exit 1, the fault and its place for another", () => {
  const intact = run(good, "--since", since, "--key", fingerprint());
  assert.equal(intact.status, 0, intact.errors);
  assert.match(intact.out, /^intact {2}/);
  assert.match(intact.out, /this does not show/);
  const bent = join(folder, "bent.zip");
  writeFileSync(bent, zipOf(packed(story).set("index.html", Buffer.from("bent"))));
  const broken = run(bent);
  assert.equal(broken.status, 1);
  assert.match(broken.out, /^NOT INTACT/);
  assert.match(broken.out, /index\.html: .*\[file-digest\]/);
});

function fingerprint(): string {
  const verdict = JSON.parse(run(good, "--json").out) as PackageVerdict;
  return verdict.facts.logKey?.fingerprint.short ?? "";
}

test("an insider's rewritten package is intact by itself and a fork beside a kept checkpoint", () => {
  const rewritten = tellStory("acme", keys);
  rewritten.company.records = rewritten.company.records.filter(
    (record) => !record.includes('"directory.extended"'),
  );
  rewritten.company.add("directory.extended", rewritten.directory.body);
  const text = rewritten.company.records.at(-1) ?? "";
  rewritten.company.records[rewritten.company.records.length - 1] = text.replace(
    /"id":"rec_acme_\d+"/,
    '"id":"rec_acme_2"',
  );
  const path = join(folder, "rewritten.zip");
  writeFileSync(path, zipOf(packed(rewritten)));
  const alone = run(path);
  assert.equal(alone.status, 0, alone.out);
  assert.match(alone.out, /cannot be told from the true one/);
  const beside = run(path, "--since", since);
  assert.equal(beside.status, 1);
  assert.match(beside.out, /the log was rewritten: its first 5 records/);
});

test("wrong words and missing files are said, and are never an intact package", () => {
  for (const args of [[], ["a", "b"], ["--what"], ["--help"]]) {
    const { status, out, errors } = run(...args);
    assert.equal(status, 1);
    assert.equal(out, "");
    assert.match(errors, /usage:/);
  }
  for (const args of [["nothing.zip"], [good, "--since", "nothing"]]) {
    const { status, errors } = run(...args);
    assert.equal(status, 1);
    assert.match(errors, /could not be checked/);
  }
  const other = join(folder, "other.zip");
  writeFileSync(other, "not a zip");
  assert.match(run(other).out, /NOT INTACT[^]*not a zip file/);
});

test(
  "it runs on Node 20 too",
  { skip: oldNode.startsWith("20.") ? false : "there is no Node 20 here" },
  () => {
    assert.match(execFileSync("node", [bundle.path, good], { encoding: "utf8" }), /^intact/);
  },
);
