/** What earlier versions wrote verifies and is re-performed with today's code. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { openCheckpoint, parseVerifierKey, verifyTiledLog } from "@countersign/ledger";
import { sourceOf } from "@countersign/package-format/testing";
import { verifyPackage, type PackageVerdict } from "@countersign/verify";
import { buildVerifier, type Bundle } from "../../packages/verify/build.ts";
import { root } from "../journeys/support.ts";
import { freeze, type Frozen } from "./make.ts";

const folder = mkdtempSync(join(tmpdir(), "frozen-"));
after(() => rmSync(folder, { recursive: true }));
const today = join(folder, "today");
let bundle: Bundle;
before(async () => {
  bundle = await buildVerifier(join(folder, "verifier"));
  // What this very version would freeze: the formats' own first test, whether or not anything is frozen yet.
  await freeze(today);
});

const stored = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => join(import.meta.dirname, entry.name));

function filesBelow(at: string): string[] {
  return readdirSync(at, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

for (const [name, at] of [
  ["today's", today],
  ...stored.map((each) => [each.split("/").at(-1) ?? "", each]),
] as const) {
  const factsOf = (): Frozen => JSON.parse(readFileSync(join(at, "facts.json"), "utf8")) as Frozen;

  test(`${name} package is intact, continues the checkpoint of then, and says the same as when it was frozen`, () => {
    const frozen = factsOf();
    const zip = readFileSync(join(at, "package.zip"));
    const since = [{ name: "then", note: readFileSync(join(at, "checkpoint-of-then"), "utf8") }];
    const verdict = verifyPackage(sourceOf(zip), { since, logKey: frozen.logKey });
    assert.deepEqual(verdict.faults, []);
    const { records, items, results, checkpoint, generator, sinceChecked, keyComparedByAnotherWay } =
      verdict.facts;
    assert.deepEqual(
      { version: generator, records, items, results, root: checkpoint?.root },
      {
        version: frozen.version,
        records: frozen.records,
        items: frozen.items,
        results: frozen.results,
        root: frozen.root,
      },
    );
    assert.equal(sinceChecked[0]?.outcome, "extends");
    assert.equal(keyComparedByAnotherWay, true);
    assert.ok(filesBelow(at).reduce((sum, path) => sum + readFileSync(path).length, 0) < 500_000);
  });

  test(`${name} package is intact for the built verifier`, () => {
    const args = ["--json", "--since", join(at, "checkpoint-of-then"), "--key", factsOf().logKey];
    const run = spawnSync(process.execPath, [bundle.path, join(at, "package.zip"), ...args], {
      encoding: "utf8",
    });
    assert.equal(run.status, 0, run.stdout + run.stderr);
    assert.equal((JSON.parse(run.stdout) as PackageVerdict).facts.records, factsOf().records);
  });

  test(`${name} results follow from the items by today's rules`, () => {
    const command = join(root, "apps/cli/bin/countersign.js");
    const run = spawnSync(process.execPath, [command, "reperform", join(at, "package.zip")], {
      encoding: "utf8",
      cwd: folder,
      env: { ...process.env, NO_COLOR: "1" },
    });
    assert.equal(run.status, 0, run.stdout + run.stderr);
  });

  test(`${name} log in tiles is whole, and one flipped bit in it is found`, () => {
    const frozen = factsOf();
    const key = parseVerifierKey(frozen.logKey);
    assert.ok(key.ok);
    const log = join(at, "log");
    const paths = filesBelow(log).map((path) => path.slice(log.length + 1).replaceAll("\\", "/"));
    const read = (bent?: string) => (path: string) => {
      if (!existsSync(join(log, path))) return undefined;
      const bytes = readFileSync(join(log, path));
      if (path === bent) bytes[3] = (bytes[3] ?? 0) ^ 1;
      return bytes;
    };
    const reportOf = (bent?: string) =>
      verifyTiledLog({ read: read(bent), list: () => paths }, (note) => openCheckpoint(note, key.value));
    const report = reportOf();
    assert.deepEqual(report.faults, []);
    assert.equal(report.provenEntries, frozen.records);
    for (const path of paths) assert.notDeepEqual(reportOf(path).faults, [], path);
  });
}
