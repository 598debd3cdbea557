/**
 * Every class of bytes of a package: flipped, dropped, doubled, reordered, swapped with another company's, and signed again
 * with a wrong key or with the true one. Verification names the file, and why.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { verifyPackage } from "@countersign/verify";
import { sourceOf, writeZip } from "@countersign/package-format/testing";
import { makeKeys, tellStory } from "../../packages/verify/src/testing/company.ts";
import { contentsOf, seal, type Files } from "../../packages/verify/src/testing/pack.ts";
import { choicesFrom, type Choices } from "../durability/random.ts";
import { byteClasses, classOf } from "./byte-classes.ts";

const seed = Number(process.env["COUNTERSIGN_MUTATIONS_SEED"] ?? 20261127);
const runs = Number(process.env["COUNTERSIGN_MUTATIONS"] ?? 2000);
const PARTS = { partMax: 3000 };

const story = tellStory("acme");
const withWorkbook = (of: typeof story): Files =>
  contentsOf(of, PARTS).set("workbook.xlsx", Buffer.from(`PK, as if: ${of.company.id}`));
const contents = withWorkbook(story);
const original = seal(story, contents);
const otherStory = tellStory("other");
const other = seal(otherStory, withWorkbook(otherStory));
const thief = makeKeys();

type Mutation = (bytes: Buffer, path: string, choices: Choices) => Buffer;

/** A file's lines, the newline included; a file without any is one. */
const linesOf = (bytes: Buffer): string[] => bytes.toString("latin1").match(/[^\n]*\n|[^\n]+$/g) ?? [];
const joined = (lines: readonly string[]): Buffer => Buffer.from(lines.join(""), "latin1");

const mutations: { readonly [name: string]: Mutation } = {
  "a bit flipped": (bytes, _, { below }) => {
    const bent = Buffer.from(bytes);
    const at = below(bent.length);
    bent[at] = (bent[at] ?? 0) ^ (1 << below(8));
    return bent;
  },
  "bytes dropped": (bytes, _, { below }) => {
    const at = below(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + below(40))]);
  },
  "a line dropped": (bytes, _, { below }) => {
    const lines = linesOf(bytes);
    return joined(lines.toSpliced(below(lines.length), 1));
  },
  "a line doubled": (bytes, _, { below }) => {
    const lines = linesOf(bytes);
    const at = below(lines.length);
    return joined(lines.toSpliced(at, 0, lines[at] ?? ""));
  },
  "two lines changed about": (bytes, _, { below }) => {
    const lines = linesOf(bytes);
    if (lines.length < 2) return bytes;
    const at = below(lines.length);
    const to = (at + 1) % lines.length;
    return joined(lines.with(at, lines[to] ?? "").with(to, lines[at] ?? ""));
  },
  "cut short": (bytes, _, { below }) => bytes.subarray(0, below(bytes.length)),
  "another company's": (bytes, path) => other.get(path) ?? bytes,
  "another file's": (_, __, { below }) => [...original.values()][below(original.size)] ?? Buffer.alloc(0),
};

type Found = {
  readonly intact: boolean;
  readonly places: readonly string[];
  readonly codes: readonly string[];
};

function verified(files: Files): Found {
  // Stored, since most of the time would go to deflating.
  const zip = writeZip([...files].map(([path, bytes]) => ({ path, bytes, stored: true })));
  const { intact, faults } = verifyPackage(sourceOf(zip));
  assert.equal(intact, faults.length === 0);
  return { intact, places: faults.map(({ where }) => where), codes: faults.map(({ code }) => code) };
}

test("the package that the mutations are made from is intact, and has a file of every class", () => {
  assert.deepEqual(verified(original), { intact: true, places: [], codes: [] });
  const present = new Set([...original.keys()].map((path) => classOf(path).name));
  assert.deepEqual([...present].sort(), byteClasses.map(({ name }) => name).sort());
});

test(`${runs} mutations of single files are found, and each is said of the file that was changed (seed ${seed})`, () => {
  const choices = choicesFrom(seed);
  const seen = new Map<string, number>();
  for (let run = 0; run < runs; run++) {
    const { name } = byteClasses[run % byteClasses.length] ?? assert.fail();
    const paths = [...original.keys()].filter((path) => classOf(path).name === name);
    const path = paths[choices.below(paths.length)] ?? assert.fail();
    const kinds = Object.keys(mutations);
    const kind = kinds[Math.floor(run / byteClasses.length) % kinds.length] ?? assert.fail();
    const bytes = original.get(path) ?? assert.fail();
    const bent = mutations[kind]?.(bytes, path, choices) ?? assert.fail();
    if (bent.equals(bytes)) continue;
    const what = `${path}: ${kind} (run ${run})`;
    const { intact, places } = verified(new Map(original).set(path, bent));
    assert.equal(intact, false, what);
    assert.ok(
      places.some((place) => place === path || place.startsWith(`${path} `)),
      `${what}: ${places.join(", ")}`,
    );
    seen.set(`${name}: ${kind}`, (seen.get(`${name}: ${kind}`) ?? 0) + 1);
  }
  // A file without a second line has none to change about.
  assert.ok(seen.size > byteClasses.length * 5, [...seen.keys()].join(", "));
});

test("what is changed and signed again with a wrong key is said of the signature, whichever file it is", () => {
  for (const path of contents.keys()) {
    const bent =
      mutations["a bit flipped"]?.(contents.get(path) ?? assert.fail(), path, choicesFrom(seed)) ??
      assert.fail();
    const files = new Map(contents).set(path, bent);
    const { places, codes } = verified(seal(story, files, { attestationPem: thief.attestationPem }));
    const unreadable = path === "attestation.pub.pem";
    assert.ok(unreadable || places.includes("manifest.dsse.json"), `${path}: ${places.join(", ")}`);
    assert.ok(
      codes.includes(unreadable ? "attestation-key" : "manifest-signature"),
      `${path}: ${codes.join(", ")}`,
    );
  }
});

test("what is changed and signed again with the true key is found where the log binds it, and only there", () => {
  const choices = choicesFrom(seed + 1);
  const tally = { found: 0, unbound: 0 };
  for (const path of contents.keys())
    for (const [kind, mutate] of Object.entries(mutations)) {
      const bytes = contents.get(path) ?? assert.fail();
      const bent = mutate(bytes, path, choices);
      if (bent.equals(bytes)) continue;
      const { intact, places } = verified(seal(story, new Map(contents).set(path, bent)));
      const { boundAt } = classOf(path);
      const what = `${path}: ${kind}: ${places.join(", ")}`;
      if (boundAt === undefined) {
        // The pages say what the data says; the data is what the log binds, and the page is not.
        assert.equal(intact, true, what);
        tally.unbound++;
        continue;
      }
      assert.equal(intact, false, what);
      assert.ok(
        places.some((place) => boundAt(path).test(place)),
        what,
      );
      tally.found++;
    }
  assert.ok(tally.found > 120 && tally.unbound > 10, JSON.stringify(tally));
});

test("a mutation that changes nothing is not found: the suite can tell", () => {
  for (const path of contents.keys()) {
    const again = Buffer.from(contents.get(path) ?? assert.fail());
    assert.equal(verified(seal(story, new Map(contents).set(path, again))).intact, true, path);
  }
});
