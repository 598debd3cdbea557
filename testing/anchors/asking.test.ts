/** Asking an authority over HTTP: what it must not answer is refused in its own words, and bounds hold. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { stampCheckpoint } from "../../packages/application/src/anchors/time-stamp.ts";
import { formatTimeStampRequest } from "../../packages/ledger/src/index.ts";
import { post } from "../../apps/cli/src/post.ts";
import { needsTool, versionOf } from "../outside-tools.ts";
import { reply, serveAuthority, type Answer, type Authority } from "./authority.ts";
import { Certificates, type Issued } from "./certificates.ts";

let folder: string;
let certificates: Certificates;
let signer: Issued;
let authority: Authority;
let answer: (query: Buffer) => Answer | undefined;
const NOTE = "log.example/acme\n3\nAX1gc/B4wi40x1hJIfs3FxBwddRdKRC+UpH37PFIYb8=\n\n— log.example/acme AAAA\n";

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "countersign-asking-"));
  if (versionOf("openssl") === undefined) return;
  certificates = new Certificates(folder);
  signer = certificates.issue("Test Authority", "stamping");
  authority = await serveAuthority((query) => answer(query));
});
after(async () => {
  if (versionOf("openssl") !== undefined) await authority.close();
  rmSync(folder, { recursive: true, force: true });
});

function ask(now = Date.now(), nonce = 7) {
  const ctx = { clock: { now: () => now }, random: { bytes: (n: number) => new Uint8Array(n).fill(nonce) } };
  const target = { id: "authority", url: authority.url, root: "root.pem" };
  return stampCheckpoint(ctx, post, target, certificates.root.pem, NOTE);
}

test("a true answer is taken, with what the authority's clock says", async (context) => {
  if (!needsTool(context, "openssl")) return;
  answer = (query) => ({ body: reply(certificates, signer, query) });
  const stamped = await ask();
  assert.ok(stamped.ok, JSON.stringify(stamped));
  assert.equal(stamped.value.stamp.authority, "Test Authority");
  assert.deepEqual(stamped.value.remarks, []);
});

test("a clock that is an hour ahead, or ten years behind, is said, and the authority's time is the one that counts", async (context) => {
  if (!needsTool(context, "openssl")) return;
  answer = (query) => ({ body: reply(certificates, signer, query) });
  const now = Date.now();
  for (const [off, words] of [
    [3_600_000, /clock is (?:59|60) minutes ahead of the authority's .* the authority's time counts/],
    [-10 * 365 * 86_400_000, /minutes behind the authority's/],
  ] as const) {
    const stamped = await ask(now + off);
    assert.ok(stamped.ok);
    assert.match(stamped.value.remarks.join(), words);
    assert.ok(Math.abs(stamped.value.stamp.at - now) < 600_000);
  }
});

test("whatever else it answers is refused, each with its own reason", async (context) => {
  if (!needsTool(context, "openssl")) return;
  const stranger = new Certificates(join(folder, "stranger"), "Another Root");
  const theirs = stranger.issue("Stranger", "stamping");
  const expired = certificates.issue("Expired", "stamping", {
    validity: ["20200101000000Z", "20210101000000Z"],
  });
  const otherNonce = formatTimeStampRequest(Buffer.from(NOTE), new Uint8Array(16).fill(8));
  const otherHash = formatTimeStampRequest(Buffer.from("another"), new Uint8Array(16).fill(7));
  const hex = (digits: string) => () => ({ body: Buffer.from(digits, "hex") });
  const cases: readonly (readonly [typeof answer, string, RegExp])[] = [
    [() => ({ status: 503, body: Buffer.from("busy") }), "stamp-refused", /HTTP status 503/],
    [() => ({ status: 302, body: Buffer.from("elsewhere") }), "stamp-refused", /HTTP status 302/],
    [() => ({ body: Buffer.from("hello") }), "stamp-malformed", /not a time stamp/],
    [() => ({ body: Buffer.alloc(70_000) }), "stamp-unreachable", /longer than 65536 bytes/],
    [hex("30053003020100"), "stamp-token-missing", /grants a stamp and holds none/],
    [hex("30053003020102"), "stamp-not-granted", /declined with status 2/],
    [
      () => ({ body: reply(certificates, signer, otherNonce) }),
      "stamp-other-nonce",
      /its nonce is another one/,
    ],
    [() => ({ body: reply(certificates, signer, otherHash) }), "stamp-other-hash", /over other bytes/],
    [
      (query) => ({ body: reply(stranger, theirs, query) }),
      "stamp-untrusted",
      /no chain leads from Stranger/,
    ],
    [(query) => ({ body: reply(certificates, expired, query) }), "stamp-validity", /had expired/],
  ];
  for (const [bent, code, words] of cases) {
    answer = bent;
    const asked = await ask();
    assert.ok(!asked.ok, code);
    assert.equal(asked.error.code, code);
    assert.match(asked.error.why ?? "", words);
    assert.equal(asked.error.where, authority.url);
  }
});

test("an authority that never answers, or is not there, is given up", async (context) => {
  if (!needsTool(context, "openssl")) return;
  answer = () => undefined;
  const request = { contentType: "application/timestamp-query", body: new Uint8Array(), answerBytesMax: 10 };
  const silent = await post({ ...request, url: authority.url, timeoutMs: 50 });
  assert.deepEqual(silent, { ok: false, error: "it did not answer within 0.05 seconds" });
  const nobody = await post({ ...request, url: "http://127.0.0.1:1/", timeoutMs: 60_000 });
  assert.ok(!nobody.ok);
});
