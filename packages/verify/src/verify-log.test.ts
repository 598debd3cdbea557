import assert from "node:assert/strict";
import { test } from "node:test";
import {
  addSignatures,
  cosignatureLine,
  leafHash,
  MemoryTree,
  parseVerifierKey,
  tiledLogFiles,
  type TiledLogSource,
} from "@countersign/ledger";
import { fingerprintOf } from "@countersign/package-format";
import { RotatingCompany } from "./testing/rotations.ts";
import { makeKeys, makeWitness, tellStory, type Company } from "./testing/company.ts";
import { verifyLog, type LogOptions } from "./verify-log.ts";

type Files = Map<string, Buffer>;

function filesOf(records: readonly string[], checkpoint: string): Files {
  const tree = new MemoryTree();
  for (const record of records) tree.append(leafHash(Buffer.from(record)));
  const entry = (index: number): Uint8Array => Buffer.from(records[index] ?? "");
  const files: Files = new Map();
  for (const { path, bytes } of tiledLogFiles(records.length, checkpoint, { hash: tree.read, entry }))
    files.set(path, Buffer.from(bytes()));
  return files;
}

const sourceOf = (files: Files): TiledLogSource => ({
  read: (path) => files.get(path),
  list: () => files.keys(),
});

const verified = (files: Files, options: LogOptions = {}) => {
  const verdict = verifyLog(sourceOf(files), options);
  return {
    ...verdict,
    codes: [...new Set(verdict.faults.map(({ code }) => code))],
    shown: verdict.shows.join("\n"),
    notShown: verdict.doesNotShow.join("\n"),
  };
};

const keys = makeKeys();

/** Long enough for a full tile, a partial one, and two levels. */
function longCompany(): Company {
  const { company } = tellStory("acme", keys);
  while (company.records.length < 300) company.add("thing.else", { i: company.records.length });
  return company;
}

const company = longCompany();
const files = filesOf(company.records, company.checkpoint());
const bent = (change: (copy: Files) => void): Files => {
  const copy = new Map(files);
  change(copy);
  return copy;
};
const flip = (copy: Files, path: string, at: number): void => {
  const bytes = Buffer.from(copy.get(path) ?? "");
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  copy.set(path, bytes);
};
const fingerprint = (vkey: string): string => {
  const key = parseVerifierKey(vkey);
  assert.ok(key.ok);
  return fingerprintOf(key.value.publicKey).short;
};

test("an exported log is intact under the keys that its own records name, and says whose that are", () => {
  const verdict = verified(files);
  assert.deepEqual(verdict.faults, []);
  assert.equal(verdict.intact, true);
  assert.equal(verdict.facts.provenRecords, 300);
  assert.equal(verdict.facts.organization, "acme");
  assert.match(verdict.shown, /Each of the 300 records/);
  assert.match(verdict.notShown, new RegExp(`the key came with it.*${fingerprint(company.logKey)}`));
  assert.match(verdict.notShown, /are in a package, not in the log/);
});

test("a key or its fingerprint got by another way is compared, and another's is a fault", () => {
  for (const logKey of [company.logKey, fingerprint(company.logKey)]) {
    const { intact, shown, notShown } = verified(files, { logKey });
    assert.ok(intact);
    assert.match(shown, /The key is the one that you got by another way/);
    assert.doesNotMatch(notShown, /Whose log it is/);
  }
  const other = tellStory("acme").company.logKey;
  for (const logKey of [other, fingerprint(other), "no key"])
    assert.deepEqual(verified(files, { logKey }).codes, ["key-differs"]);
});

const damages: readonly (readonly [string, (copy: Files) => void, string, RegExp])[] = [
  ["checkpoint", (copy) => flip(copy, "checkpoint", 60), "checkpoint", /^checkpoint$/],
  ["record", (copy) => flip(copy, "tile/entries/000", 40_000), "entry", /^tile\/entries\/000$/],
  ["last bundle", (copy) => flip(copy, "tile/entries/001.p/44", 500), "entry", /^tile\/entries\/001\.p\/44$/],
  ["tile of leaves", (copy) => flip(copy, "tile/0/000", 40), "tile-hash", /^tile\/0\/000$/],
  ["last tile of leaves", (copy) => flip(copy, "tile/0/001.p/44", 40), "tile-hash", /^tile\/0\/001\.p\/44$/],
  ["upper tile", (copy) => flip(copy, "tile/1/000.p/1", 3), "tile-hash", /^tile\/1\/000\.p\/1$/],
  ["missing tile", (copy) => copy.delete("tile/0/000"), "file-missing", /^tile\/0\/000$/],
  ["missing bundle", (copy) => copy.delete("tile/entries/000"), "file-missing", /^tile\/entries\/000$/],
  ["missing checkpoint", (copy) => copy.delete("checkpoint"), "file-missing", /^checkpoint$/],
  ["file too much", (copy) => copy.set("tile/0/002", Buffer.alloc(8192)), "file-unknown", /^tile\/0\/002$/],
  ["foreign file", (copy) => copy.set("readme.txt", Buffer.alloc(1)), "file-unknown", /^readme\.txt$/],
  [
    "cut bundle",
    (copy) => copy.set("tile/entries/000", files.get("tile/entries/000")!.subarray(0, 900)),
    "bundle",
    /^tile\/entries\/000$/,
  ],
  [
    "older partial tile",
    (copy) => copy.set("tile/0/001.p/2", Buffer.alloc(64, 1)),
    "partial",
    /^tile\/0\/001\.p\/2$/,
  ],
];

for (const [what, change, code, where] of damages)
  test(`a damaged file of an exported log is named: ${what}`, () => {
    // The records that name the key may be what is damaged; whoever has it goes on.
    const { intact, faults, facts } = verified(bent(change), { logKey: company.logKey });
    assert.equal(intact, false);
    assert.ok(
      faults.some((fault) => fault.code === code && where.test(fault.where)),
      JSON.stringify(faults),
    );
    if (code !== "checkpoint" && what !== "missing checkpoint") assert.ok(facts.provenRecords > 0);
  });

test("one changed record leaves the others proven, and is told by its index", () => {
  const { facts } = verified(bent((copy) => flip(copy, "tile/entries/001.p/44", 500)));
  assert.equal(facts.provenRecords, 299);
  assert.equal(facts.unproven.length, 1);
  assert.ok((facts.unproven[0]?.start ?? 0) >= 256);
});

test("an insider's log of the same key is intact alone, and a fork beside an older checkpoint", () => {
  const since = [{ name: "kept", note: company.checkpoint(200) }];
  const honest = verified(files, { since });
  assert.deepEqual(honest.faults, []);
  assert.deepEqual(honest.facts.sinceChecked, [{ name: "kept", size: 200, outcome: "extends" }]);
  assert.match(honest.notShown, /That records after the first 200 were not rewritten/);
  const rewritten = longCompany();
  rewritten.records.splice(100, 1);
  const forged = filesOf(rewritten.records, rewritten.checkpoint());
  assert.equal(verified(forged).intact, true);
  assert.deepEqual(verified(forged, { since }).codes, ["fork"]);
  const short = filesOf(company.records.slice(0, 150), company.checkpoint(150));
  assert.deepEqual(verified(short, { since }).codes, ["rollback"]);
  const twin = [{ name: "kept", note: rewritten.checkpoint(150) }];
  const split = verified(short, { since: twin });
  assert.deepEqual(split.codes.toSorted(), ["fork", "split-view"]);
});

test("entries that are no records, of two companies or of keys that nobody may name are faults though the tree holds", () => {
  const cases: readonly (readonly [string, (records: string[]) => void])[] = [
    ["record", (records) => void records.splice(20, 1, "{}")],
    ["record", (records) => void records.splice(20, 1, tellStory("other").company.records[3] ?? "")],
    ["record", (records) => void records.splice(20, 1, records[0] ?? "")],
    ["record", (records) => void records.splice(0, 1, records[20] ?? "")],
  ];
  for (const [code, change] of cases) {
    const copy = longCompany();
    change(copy.records);
    const { codes } = verified(filesOf(copy.records, copy.checkpoint()), { logKey: copy.logKey });
    assert.ok(codes.includes(code as "record"), codes.join());
  }
  const rotating = new RotatingCompany();
  rotating.story.company.add("key.retired", { purpose: "log", key: company.logKey, privateKey: "deleted" });
  const log = filesOf(rotating.story.company.records, rotating.checkpoint(rotating.logPems));
  assert.deepEqual(verified(log).codes, ["key-record"]);
});

test("from the fingerprint of a key that was replaced, trust passes over a handover that the reader has", () => {
  const rotating = new RotatingCompany();
  const [old = ""] = rotating.logPems;
  const fresh = rotating.rotateLog();
  const handover = rotating.checkpoint([old, fresh]);
  rotating.retireLog(old);
  const log = filesOf(rotating.story.company.records, rotating.checkpoint([fresh]));
  const logKey = fingerprint(rotating.keyOf(old));
  assert.deepEqual(verified(log, { logKey: fingerprint(rotating.keyOf(fresh)) }).codes, []);
  assert.match(verified(log, { logKey }).faults[0]?.message ?? "", /earlier one of this log; the handover/);
  const followed = verified(log, { logKey, since: [{ name: "kept", note: handover }] });
  assert.deepEqual(followed.faults, []);
  assert.equal(followed.facts.keyHandovers, 1);
});

test("under a policy the checkpoint must be signed and cosigned as it says; a cosignature gives a date", () => {
  const witness = makeWitness("w.example");
  const note = company.checkpoint();
  const text = note.slice(0, note.indexOf("\n\n") + 1);
  const cosigned = addSignatures(note, [cosignatureLine(text, witness.name, witness.pem, 1_777_636_800n)]);
  const policy = (lines: string) => ({ policy: { name: "policy", text: lines } });
  const quorum = policy(`log ${company.logKey}\nwitness w ${witness.vkey}\nquorum w\n`);
  assert.deepEqual(verified(files, quorum).codes, ["policy"]);
  const met = verified(
    bent((copy) => copy.set("checkpoint", Buffer.from(cosigned))),
    quorum,
  );
  assert.deepEqual(met.faults, []);
  assert.match(met.shown, /tamper-evident since 2026-05-01T12:00:00Z/);
  assert.doesNotMatch(met.notShown, /Whose log it is/);
  const stranger = tellStory("acme").company.logKey;
  assert.deepEqual(verified(files, policy(`log ${stranger}\nquorum none\n`)).codes, ["policy"]);
  assert.deepEqual(verified(files, policy("quorum")).codes, ["trust-unreadable"]);
});

test("a checkpoint of more records than anybody could check is not followed", () => {
  const claim = company.checkpoint().replace("\n300\n", "\n9007199254740991\n");
  const { intact, codes } = verified(new Map([["checkpoint", Buffer.from(claim)]]));
  assert.equal(intact, false);
  assert.ok(codes.includes("file-missing"));
});

test("an export with its handovers is verified from the first key alone, and names one that hands nothing over", () => {
  const rotating = new RotatingCompany();
  const [first = ""] = rotating.logPems;
  const second = rotating.rotateLog();
  const handover = rotating.checkpoint([first, second]);
  rotating.retireLog(first);
  const log = filesOf(rotating.story.company.records, rotating.checkpoint([second]));
  const logKey = fingerprint(rotating.keyOf(first));
  log.set("handover-1", Buffer.from(handover));
  const followed = verified(log, { logKey });
  assert.deepEqual(followed.faults, []);
  assert.equal(followed.facts.keyHandovers, 1);
  // The key that was replaced did not sign this one: whoever holds the new key alone can make it.
  log.set("handover-1", Buffer.from(rotating.checkpoint([second])));
  const forged = verified(log, { logKey });
  assert.equal(forged.intact, false);
  assert.deepEqual(
    forged.faults.filter(({ code }) => code === "handover").map(({ where }) => where),
    ["handover-1"],
  );
  log.set("handover-1", Buffer.from(handover));
  log.set("handover-2", Buffer.from(handover));
  assert.deepEqual(
    verified(log, { logKey }).faults.map(({ code, where }) => [code, where]),
    [["file-unknown", "handover-2"]],
  );
});

test("an id that is used by several records is named once, with the index of each", () => {
  const { company: twice } = tellStory("acme", keys);
  while (twice.records.length < 300) twice.add("thing.else", { i: twice.records.length });
  const used = (JSON.parse(twice.records[7] ?? "") as { id: string }).id;
  for (const at of [40, 290]) {
    const own = (JSON.parse(twice.records[at] ?? "") as { id: string }).id;
    twice.records[at] = (twice.records[at] ?? "").replace(own, used);
  }
  const { faults } = verified(filesOf(twice.records, twice.checkpoint()));
  assert.deepEqual(
    faults.map(({ code, where, message }) => [code, where, message]),
    [["record-twice", "record 7", `its id ${used} is used again: index 40, 290`]],
  );
});
