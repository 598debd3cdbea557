/** What a package says of its anchors: trusted under what the reader gave, not checked without it, and never good by itself. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import {
  addSignatures,
  cosignatureLine,
  formatVerifierKey,
  parseCheckpointUnsafe,
  parseNote,
  publicKeyOf,
  verifierOf,
} from "../../packages/ledger/src/index.ts";
import { testKey } from "../../packages/ledger/src/testing/keys.ts";
import { verifyPackage, type VerifyOptions } from "../../packages/verify/src/index.ts";
import { makeKeys, tellStory, type Company, type Story } from "../../packages/verify/src/testing/company.ts";
import { packed, sourceFor } from "../../packages/verify/src/testing/pack.ts";
import { needsTool, versionOf } from "../outside-tools.ts";
import { Certificates, type Issued } from "./certificates.ts";
import { forge, type Forgery } from "./forge.ts";

let folder: string;
let certificates: Certificates;
let signer: Issued;
const keys = makeKeys();
const AT = "2026-05-01T12:00:00Z";
const witness = testKey("w.example", "cosignature/v1");
const SECONDS = BigInt(Date.parse(AT) / 1000);

before(() => {
  folder = mkdtempSync(join(tmpdir(), "countersign-verify-anchors-"));
  if (versionOf("openssl") === undefined) return;
  certificates = new Certificates(folder);
  signer = certificates.issue("Test Authority", "stamping");
});
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

type Anchored = {
  readonly kind: string;
  readonly toward: string;
  readonly at?: string;
  readonly key?: string;
};

function addAnchor(
  company: Company,
  size: number,
  made: Anchored,
  options: { readonly note?: string; readonly stamp?: Buffer; readonly body?: object } = {},
): void {
  const note = options.note ?? company.checkpoint(size);
  const claimed = parseCheckpointUnsafe(note);
  assert.ok(claimed.ok);
  const noteRef = company.blob(note, "checkpoint", "text/plain");
  const files =
    options.stamp === undefined
      ? []
      : [company.blob(options.stamp, "token.tsr", "application/timestamp-reply")];
  const body = {
    anchor: "anc_1",
    target: "target",
    period: "2026-05",
    checkpoint: { size, root: Buffer.from(claimed.value.root).toString("base64") },
    note: noteRef,
    files,
    ...made,
    at: { at: made.at ?? AT, provenance: made.kind === "letter" ? "asserted" : "source" },
    ...options.body,
  };
  company.add("checkpoint.anchored", body, [noteRef.digest, ...files.map(({ digest }) => digest)]);
}

const stampFor = (note: string, more: Partial<Forgery> = {}) =>
  forge({ signer, message: Buffer.from(note), at: "20260501120000Z", ...more });

/** A story with a stamp over its first six records. */
function stamped(
  options: { toward?: string; at?: string; forgery?: Partial<Forgery>; body?: object } = {},
): Story {
  return tellStory("acme", keys, {
    more: (company) => {
      addAnchor(
        company,
        6,
        {
          kind: "time-stamp",
          toward: options.toward ?? "Test Authority",
          ...(options.at ? { at: options.at } : {}),
        },
        {
          stamp: stampFor(company.checkpoint(6), options.forgery),
          ...(options.body ? { body: options.body } : {}),
        },
      );
    },
  });
}

function verified(story: Story, options: VerifyOptions = {}) {
  const verdict = verifyPackage(sourceFor(packed(story)), options);
  return {
    ...verdict,
    codes: verdict.faults.map(({ code }) => code),
    shown: verdict.shows.join("\n"),
    notShown: verdict.doesNotShow.join("\n"),
  };
}

const rootOf = (issued: Issued) => ({ timeStampRoots: [{ name: "root.pem", pem: issued.pem }] });

test("a stamp is worth a date under the root that the reader gave, and is not checked without one", (context) => {
  if (!needsTool(context, "openssl")) return;
  const story = stamped();
  const alone = verified(story);
  assert.deepEqual(alone.faults, []);
  assert.equal(alone.facts.anchors[0]?.outcome, "not-checked");
  assert.match(
    alone.notShown,
    /time stamp of Test Authority over the first 6 records, 2026-05-01T12:00:00Z.*not checked, whose root you trust is yours to say \(--tsa-root FILE\)/,
  );
  assert.match(alone.notShown, /That nothing was left out or rewritten before it was signed/);
  assert.doesNotMatch(alone.shown, /tamper-evident/);
  const trusted = verified(story, rootOf(certificates.root));
  assert.deepEqual(trusted.faults, []);
  assert.match(trusted.shown, /tamper-evident since 2026-05-01T12:00:00Z/);
  assert.match(
    trusted.shown,
    /The first 6 records were there by 2026-05-01T12:00:00Z and have not been rewritten since: time stamp of Test Authority, under a root that you gave/,
  );
  assert.match(trusted.notShown, /That records after the first 6 were not rewritten/);
  // The keys still came along with the package.
  assert.match(trusted.notShown, /Whose package it is/);
});

test("under another root a stamp is not checked, and a file that holds none is a fault", (context) => {
  if (!needsTool(context, "openssl")) return;
  const other = new Certificates(join(folder, "other"), "Another Root").root;
  const verdict = verified(stamped(), rootOf(other));
  assert.deepEqual(verdict.faults, []);
  assert.match(verdict.notShown, /not checked, no chain leads from Test Authority/);
  assert.doesNotMatch(verdict.shown, /tamper-evident/);
  const unreadable = verified(stamped(), { timeStampRoots: [{ name: "root.pem", pem: "hello" }] });
  assert.deepEqual(unreadable.codes, ["trust-unreadable"]);
});

test("a stamp that does not hold, or that says something else than its record, is a fault with its place", (context) => {
  if (!needsTool(context, "openssl")) return;
  const cases: readonly (readonly [Story, RegExp])[] = [
    [stamped({ forgery: { message: Buffer.from("x") } }), /over other bytes/],
    [stamped({ forgery: { tokenless: true } }), /holds none/],
    [stamped({ forgery: { otherDigest: true } }), /another stamp/],
    [stamped({ forgery: { signer: certificates.issue("Web", "web") } }), /not for time stamping alone/],
    [
      stamped({
        forgery: {
          signer: certificates.issue("Expired", "stamping", {
            validity: ["20200101000000Z", "20210101000000Z"],
          }),
        },
      }),
      /had expired/,
    ],
    [
      stamped({ at: "2025-05-01T12:00:00Z" }),
      /the record says 2025-05-01T12:00:00Z, the time stamp 2026-05-01/,
    ],
    [stamped({ toward: "A Better Authority" }), /the record says that A Better Authority stamped/],
    [stamped({ body: { kind: "promise" } }), /cannot be read/],
    [stamped({ body: { checkpoint: { size: 5, root: "" } } }), /not the one that the record names/],
  ];
  for (const [story, words] of cases) {
    const verdict = verified(story, rootOf(certificates.root));
    assert.deepEqual(verdict.codes, ["anchor"], words.source);
    assert.match(verdict.faults[0]?.message ?? "", words);
    assert.match(verdict.faults[0]?.where ?? "", /^record \d+$/);
  }
});

test("a log that was rewritten and signed anew as a whole is caught by the stamp that it still holds", (context) => {
  if (!needsTool(context, "openssl")) return;
  const story = stamped();
  const { company } = story;
  company.records = company.records.map((record, i) =>
    i === 3 ? record.replace("git log", "git lag") : record,
  );
  const verdict = verified(story, rootOf(certificates.root));
  assert.ok(verdict.codes.includes("fork"), verdict.codes.join());
  assert.deepEqual(verdict.shows, []);
});

test("without the stamp in the rewritten log, whoever kept checkpoint and stamp catches it, with the authority's date", (context) => {
  if (!needsTool(context, "openssl")) return;
  const truth = tellStory("acme", keys);
  const note = truth.company.checkpoint(6);
  const since = [{ name: "kept.checkpoint", note, stamp: stampFor(note) }];
  const held = verified(truth, { since, ...rootOf(certificates.root) });
  assert.deepEqual(held.faults, []);
  assert.match(held.shown, /tamper-evident since 2026-05-01T12:00:00Z/);
  const rewritten = tellStory("acme", keys);
  rewritten.company.records = rewritten.company.records.filter(
    (record) => !record.includes('"population.frozen"'),
  );
  assert.deepEqual(verified(rewritten).faults, [], "alone it reads as intact");
  assert.deepEqual(verified(rewritten, { since, ...rootOf(certificates.root) }).codes, ["fork"]);
  const foreign = [{ name: "kept.checkpoint", note, stamp: stampFor("another note") }];
  assert.deepEqual(verified(truth, { since: foreign }).codes, ["since-unreadable"]);
  const unrooted = verified(truth, { since });
  assert.match(unrooted.notShown, /whose root you trust is yours to say/);
  assert.doesNotMatch(unrooted.shown, /tamper-evident/);
});

test("a record that claims a later time than the stamp over it is named: the outside time counts", (context) => {
  if (!needsTool(context, "openssl")) return;
  const early = { at: "2026-03-01T00:00:00Z", forgery: { at: "20260301000000Z" } };
  const verdict = verified(stamped(early), rootOf(certificates.root));
  assert.deepEqual(verdict.faults, []);
  assert.match(
    verdict.notShown,
    /one under the time stamp of Test Authority says 2026-04-02T09:00:00Z, and that was given at 2026-03-01T00:00:00Z\. The outside time counts/,
  );
  assert.doesNotMatch(verified(stamped(), rootOf(certificates.root)).notShown, /The outside time counts/);
});

function cosigned(
  options: {
    readonly pem?: string;
    readonly seconds?: bigint;
    readonly key?: string;
    readonly at?: string;
  } = {},
): Story {
  return tellStory("acme", keys, {
    more: (company) => {
      const note = company.checkpoint(6);
      const parsed = parseNote(note);
      assert.ok(parsed.ok);
      const line = cosignatureLine(
        parsed.value.text,
        "w.example",
        options.pem ?? witness.pem,
        options.seconds ?? SECONDS,
      );
      addAnchor(
        company,
        6,
        {
          kind: "cosignature",
          toward: "w.example",
          key: options.key ?? witness.vkey,
          ...(options.at ? { at: options.at } : {}),
        },
        { note: addSignatures(note, [line]) },
      );
    },
  });
}

const policyOf = (logKey: string, ...lines: readonly string[]) => ({
  policy: { name: "policy", text: `log ${logKey}\n${lines.join("\n")}\n` },
});

test("a cosignature is worth a date under a policy that names its witness and whose quorum it meets", () => {
  const story = cosigned();
  const { logKey } = story.company;
  const alone = verified(story);
  assert.deepEqual(alone.faults, []);
  assert.match(
    alone.notShown,
    /cosignature of w\.example .*which witness you trust is yours to say \(--policy FILE\)/,
  );
  const trusted = verified(story, policyOf(logKey, `witness w ${witness.vkey}`, "quorum w"));
  assert.deepEqual(trusted.faults, []);
  assert.match(
    trusted.shown,
    /The first 6 records were there by 2026-05-01T12:00:00Z .*: cosignature of w\.example, a witness of the policy that you gave/,
  );
  const other = testKey("x.example", "cosignature/v1");
  const stranger = verified(story, policyOf(logKey, `witness x ${other.vkey}`, "quorum x"));
  assert.match(stranger.notShown, /it is no witness of the policy that you gave/);
  const two = policyOf(
    logKey,
    `witness w ${witness.vkey}`,
    `witness x ${other.vkey}`,
    "group both all w x",
    "quorum both",
  );
  assert.match(verified(story, two).notShown, /not cosigned by both; 1 of the 2/);
  assert.doesNotMatch(verified(story, two).shown, /tamper-evident/);
  const { checkpoint } = alone.facts;
  assert.ok(checkpoint !== undefined);
});

test("a cosignature that does not hold, is not there, or is the log's own is a fault", () => {
  const story = tellStory("acme", keys);
  const cases: readonly (readonly [Story, RegExp])[] = [
    [cosigned({ pem: testKey("y.example").pem }), /has not cosigned/],
    [
      cosigned({ at: "2026-05-02T12:00:00Z" }),
      /the record says 2026-05-02T12:00:00Z, the cosignature 2026-05-01T12:00:00Z/,
    ],
    [cosigned({ key: "w.example" }), /names no witness's key/],
    [cosigned({ key: story.company.logKey }), /names no witness's key/],
    [
      cosigned({
        pem: keys.logPem,
        key: formatVerifierKey(verifierOf("w.example", publicKeyOf(keys.logPem), "cosignature/v1")),
      }),
      /the witness's key is a key of the log/,
    ],
  ];
  for (const [story, words] of cases) {
    const verdict = verified(story);
    assert.deepEqual(verdict.codes, ["anchor"], words.source);
    assert.match(verdict.faults[0]?.message ?? "", words);
  }
});

test("a cosigned checkpoint that somebody kept gives a date under their policy", () => {
  const truth = tellStory("acme", keys);
  const note = truth.company.checkpoint(6);
  const parsed = parseNote(note);
  assert.ok(parsed.ok);
  const line = cosignatureLine(parsed.value.text, "w.example", witness.pem, SECONDS);
  const since = [{ name: "kept", note: addSignatures(note, [line]) }];
  const policy = policyOf(truth.company.logKey, `witness w ${witness.vkey}`, "quorum w");
  assert.match(verified(truth, { since, ...policy }).shown, /tamper-evident since 2026-05-01T12:00:00Z/);
  assert.doesNotMatch(verified(truth, { since }).shown, /tamper-evident/);
  assert.deepEqual(verified(truth, { since, policy: { name: "policy", text: "quorum" } }).codes, [
    "trust-unreadable",
  ]);
});

test("of a letter only the company's own word is there, and it is said so", () => {
  const story = tellStory("acme", keys, {
    more: (company) => {
      addAnchor(company, 6, { kind: "letter", toward: "board" }, { body: { handedBy: "mail" } });
    },
  });
  const verdict = verified(story);
  assert.deepEqual(verdict.faults, []);
  assert.match(
    verdict.notShown,
    /That the board was sent the checkpoint of 6 records on 2026-05-01T12:00:00Z: only the company recorded it/,
  );
  assert.match(verdict.notShown, /That nothing was left out or rewritten before it was signed/);
});
