/** Cases of the Sigstore conformance suite, as its README lays them out, and changes to them. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  artifactOf,
  readPublicKey,
  readTrustedRoot,
  verifyBundle,
  type Given,
  type Outcome,
} from "../index.ts";

export const testdata = join(import.meta.dirname, "../testdata");
export const committed = join(testdata, "bundles");

const IDENTITY =
  "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main";
export const ISSUER = "https://token.actions.githubusercontent.com";
export const NOW = Date.parse("2026-11-01T00:00:00Z");

export function rootOf(bytes: Uint8Array): NonNullable<Given["root"]> {
  const root = readTrustedRoot(bytes);
  assert.ok(root.ok, root.ok ? "" : `${root.error.at}: ${root.error.why}`);
  return root.value;
}

export const production = rootOf(readFileSync(join(testdata, "roots/production.json")));
export const staging = rootOf(readFileSync(join(testdata, "roots/staging.json")));

/** @param folder that holds the cases @returns what is given of one; a file of the caller's that cannot be read is words */
export function givenOf(folder: string, name: string): Given | string {
  const read = (file: string) => {
    const path = join(folder, name, file);
    return existsSync(path) ? readFileSync(path) : undefined;
  };
  const ownRoot = read("trusted_root.json");
  const root = ownRoot === undefined ? undefined : readTrustedRoot(ownRoot);
  if (root !== undefined && !root.ok) return `${root.error.at}: ${root.error.why}`;
  const pem = read("key.pub");
  const key = pem === undefined ? undefined : readPublicKey(pem.toString());
  if (key !== undefined && !key.ok) return `${key.error.at}: ${key.error.why}`;
  const policy = {
    identity: read("identity")?.toString().trim() ?? IDENTITY,
    issuer: read("issuer")?.toString().trim() ?? ISSUER,
  };
  return {
    bundle: read("bundle.sigstore.json") ?? Buffer.from(""),
    root: root?.value ?? production,
    ...(key === undefined ? { policy } : { policy: {}, key: key.value }),
    artifact: artifactOf(read("artifact") ?? readFileSync(join(folder, "a.txt"))),
    now: NOW,
  };
}

export function caseOf(name: string): Given {
  const given = givenOf(committed, name);
  assert.ok(typeof given !== "string", name);
  return given;
}

/** "verified", "refused log", "unknown no-key": what a test compares. */
export function wordsOf(outcome: Outcome): string {
  return outcome.state === "verified" ? "verified" : `${outcome.state} ${outcome.reason}`;
}

/** A JSON value of which a test changes any member. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the members of a bundle, reached by name
export type Loose = any;

export function changed(given: Given, change: (bundle: Loose) => void): Outcome {
  const bundle: unknown = JSON.parse(Buffer.from(given.bundle).toString());
  change(bundle);
  return verifyBundle({ ...given, bundle: Buffer.from(JSON.stringify(bundle)) });
}
