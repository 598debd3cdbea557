import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { createPublicKey, generateKeyPairSync, hash, sign } from "node:crypto";
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { toHex } from "@countersign/kernel";
import {
  ATTESTATION_KEY_PATH,
  CHECKPOINT_PATH,
  ENVELOPE_PATH,
  fingerprintOf,
  LOG_KEY_PATH,
  MANIFEST_PATH,
  ManifestBuilder,
  signManifest,
  spkiOf,
} from "@countersign/package-format";
import { pages } from "../documents.ts";
import { madeUpPackage } from "../fixture/made-up-view.ts";
import { unescaped } from "../fixture/read-html.ts";
import { leafOf, rootOf } from "../fixture/tree.ts";
import { publicSteps } from "./verification-page.ts";

const tools = ["openssl version", "sha256sum --version", "python3 --version"];
const skip = tools.every((tool) => spawnSync("bash", ["-c", tool]).status === 0)
  ? false
  : "bash, openssl, sha256sum and python3 are not all here";

const made = madeUpPackage({ changes: 20 });
const attestation = generateKeyPairSync("ec", { namedCurve: "P-256" });
const log = generateKeyPairSync("ed25519");
const logKey = createPublicKey(log.privateKey).export({ format: "der", type: "spki" }).subarray(-32);
const name = "countersign/made-up-harbor";
let folder = "";

/** A package's folder, as a reader unpacks it. */
before(() => {
  folder = mkdtempSync(join(tmpdir(), "package to check "));
  const manifest = new ManifestBuilder();
  const put = (path: string, content: string | Uint8Array): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  };
  const list = (path: string, content: string | Uint8Array): void => {
    put(path, content);
    manifest.add(path, content);
  };
  for (const { path, content } of pages(made.view)) list(path, content);
  for (const [path, content] of made.files) list(path, content);
  list(ATTESTATION_KEY_PATH, attestation.publicKey.export({ format: "pem", type: "spki" }));
  const typed = Buffer.concat([Buffer.from([1]), logKey]);
  const keyId = hash("sha256", Buffer.concat([Buffer.from(`${name}\n`), typed]), "buffer").subarray(0, 4);
  list(LOG_KEY_PATH, `${name}+${keyId.toString("hex")}+${typed.toString("base64")}\n`);
  const text = `${name}\n41\n${Buffer.alloc(32, 7).toString("base64")}\n`;
  const signature = Buffer.concat([keyId, sign(null, Buffer.from(text), log.privateKey)]).toString("base64");
  list(CHECKPOINT_PATH, `${text}\n— ${name} ${signature}\n`);
  const { view } = made;
  put(MANIFEST_PATH, manifest.finish());
  put(
    ENVELOPE_PATH,
    signManifest(
      manifest.finish(),
      {
        organization: view.summary.organization,
        sampleData: true,
        window: made.view.program.window,
        checkpoint: { origin: name, size: 41, root: Buffer.alloc(32, 7).toString("base64") },
        logKey: `${name}+x`,
        createdAt: view.createdAt,
        generator: view.generator,
        run: view.run,
      },
      attestation.privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
    ),
  );
});

after(() => rmSync(folder, { recursive: true }));

function bash(script: string): string {
  const run = spawnSync("bash", ["-c", script], { cwd: folder, encoding: "utf8" });
  return `${run.stdout}${run.stderr}`;
}

test("the page prints exactly the commands that are tested here", () => {
  const page = [...pages(made.view)].find(({ path }) => path === "verification.html");
  const text = unescaped(String(page?.content));
  for (const step of Object.values(publicSteps)) assert.ok(text.includes(step));
});

test("step 1 prints the two keys' fingerprints", { skip }, () => {
  const bare = (key: Uint8Array): string => fingerprintOf(key).short.replaceAll(" ", "");
  assert.equal(bash(publicSteps.fingerprints), `${bare(spkiOf(attestation.publicKey))}\n${bare(logKey)}\n`);
});

test("step 2 shows that the attestation key signed this manifest", { skip }, () => {
  assert.match(bash(publicSteps.signature), /Verified OK\nthe signed statement names this manifest/);
});

test("step 3 counts the files and compares each", { skip }, () => {
  const said = bash(publicSteps.files);
  const [, listed, here] = /^every listed file is as listed\n(\d+) listed, (\d+) here\n$/.exec(said) ?? [];
  assert.equal(listed, here, said);
  assert.ok(Number(listed) > 20);
});

test("step 4 shows that the log key signed the checkpoint", { skip }, () => {
  assert.match(bash(publicSteps.checkpoint), /Signature Verified Successfully/);
});

test("step 6 prints count and root of a list, in both spellings", { skip }, () => {
  writeFileSync(join(folder, "root.py"), publicSteps.root);
  const [population] = made.view.populations;
  assert.ok(population);
  const stem = population.paths.items.replace(/-00000\.ndjson$/, "");
  const said = execFileSync("python3", ["root.py", stem], { cwd: folder, encoding: "utf8" });
  rmSync(join(folder, "root.py"));
  const { count, root } = population.population.body.items;
  assert.equal(said, `${count} ${root} ${Buffer.from(root, "hex").toString("base64")}\n`);
});

test("an erased line counts with the leaf that it names", { skip }, () => {
  const lines = [
    '{"item":{"id":"a"},"salt":"00"}',
    '{"item":{"id":"b"},"salt":"01"}',
    '{"item":{"id":"c"},"salt":"02"}',
  ];
  const root = toHex(rootOf(lines.map(leafOf)));
  const erased = lines.map((line, n) => (n === 1 ? `{"erased":"${toHex(leafOf(line))}"}` : line));
  const apart = mkdtempSync(join(tmpdir(), "erased-"));
  writeFileSync(join(apart, "root.py"), publicSteps.root);
  writeFileSync(join(apart, "items-00000.ndjson"), erased.map((line) => `${line}\n`).join(""));
  const said = execFileSync("python3", ["root.py", "items"], { cwd: apart, encoding: "utf8" });
  rmSync(apart, { recursive: true });
  assert.equal(said.split(" ")[1], root);
});

test("each step says so when what it checks was changed", { skip }, () => {
  const change = (path: string, edit: () => void, step: string, expected: RegExp): void => {
    const before = readFileSync(join(folder, path));
    edit();
    try {
      assert.doesNotMatch(bash(step), expected, path);
    } finally {
      writeFileSync(join(folder, path), before);
    }
  };
  const index = join(folder, "index.html");
  change("index.html", () => appendFileSync(index, " "), publicSteps.files, /every listed file is as listed/);
  const manifest = join(folder, MANIFEST_PATH);
  change(MANIFEST_PATH, () => appendFileSync(manifest, " "), publicSteps.signature, /names this manifest/);
  const checkpoint = join(folder, CHECKPOINT_PATH);
  const forged = readFileSync(checkpoint, "utf8").replace("\n41\n", "\n42\n");
  change(
    CHECKPOINT_PATH,
    () => writeFileSync(checkpoint, forged),
    publicSteps.checkpoint,
    /Verified Successfully/,
  );
  const key = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({
    format: "pem",
    type: "spki",
  });
  change(
    ATTESTATION_KEY_PATH,
    () => writeFileSync(join(folder, ATTESTATION_KEY_PATH), key),
    publicSteps.signature,
    /Verified OK/,
  );
});
