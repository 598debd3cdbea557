/** Time stamps of a real authority, and forged ones with one thing wrong: ours and openssl's verdicts side by side. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test, type TestContext } from "node:test";
import {
  formatTimeStampRequest,
  openTimeStamp,
  parsePemCertificates,
  type Certificate,
  type StampFaultCode,
} from "../../packages/ledger/src/index.ts";
import { needsTool, versionOf } from "../outside-tools.ts";
import { reply, whyOpensslRefuses } from "./authority.ts";
import { Certificates, openssl, type Issued } from "./certificates.ts";
import { forge, type Forgery } from "./forge.ts";

let folder: string;
let certificates: Certificates;
let signer: Issued;
let roots: readonly Certificate[];
const message = Buffer.from("a checkpoint, as it was signed\n");
const nonce = Buffer.from("8f00112233445566778899aabbccddee", "hex");

function rootsOf(...issued: readonly Issued[]): readonly Certificate[] {
  const read = parsePemCertificates(issued.map(({ pem }) => pem).join(""));
  assert.ok(read.ok);
  return read.value;
}

before(() => {
  folder = mkdtempSync(join(tmpdir(), "countersign-tsa-"));
  if (versionOf("openssl") === undefined) return;
  certificates = new Certificates(folder);
  signer = certificates.issue("Test Authority", "stamping");
  roots = rootsOf(certificates.root);
});
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

test("a stamp of a real authority holds, for RSA and for both curves, and openssl verifies the same bytes", (context) => {
  if (!needsTool(context, "openssl")) return;
  for (const kind of ["rsa", "p256", "p384"] as const) {
    const issued = certificates.issue(`Authority ${kind}`, "stamping", { kind });
    const response = reply(certificates, issued, formatTimeStampRequest(message, nonce));
    const opened = openTimeStamp(response, { message, nonce, roots });
    assert.ok(opened.ok, JSON.stringify(opened));
    assert.equal(opened.value.authority, `Authority ${kind}`);
    assert.equal(opened.value.chained, true);
    assert.equal(opened.value.policy, "1.2.3.4.1");
    assert.equal(opened.value.accuracyMs, 1000);
    assert.ok(Math.abs(opened.value.at - Date.now()) < 3_600_000);
    assert.equal(whyOpensslRefuses(certificates, response, message), undefined);
  }
});

test("openssl reads our request as we meant it, whatever the nonce's first bits", (context) => {
  if (!needsTool(context, "openssl")) return;
  for (const [bytes, shown] of [
    [nonce, "8F00112233445566778899AABBCCDDEE"],
    [Buffer.from("007f01", "hex"), "7F01"],
    [Buffer.from("0000", "hex"), "0"],
  ] as const) {
    writeFileSync(join(folder, "ours.tsq"), formatTimeStampRequest(message, bytes));
    const text = openssl(folder, "ts", "-query", "-in", "ours.tsq", "-text").toString();
    assert.match(text, /Hash Algorithm: sha256/);
    assert.match(text, new RegExp(`Nonce: 0x${shown}`));
    assert.match(text, /Certificate required: yes/);
  }
});

test("without roots a stamp is read and its own signature checked, and nothing is said of whose it is", (context) => {
  if (!needsTool(context, "openssl")) return;
  const opened = openTimeStamp(forge({ signer, message }), { message });
  assert.ok(opened.ok);
  assert.equal(opened.value.chained, false);
});

test("a stamp forged without a fault is accepted by both, so that each fault below is the only one", (context) => {
  if (!needsTool(context, "openssl")) return;
  const response = forge({ signer, message, nonce: Buffer.concat([Buffer.of(0), nonce]) });
  const opened = openTimeStamp(response, { message, nonce, roots });
  assert.ok(opened.ok, JSON.stringify(opened));
  assert.equal(new Date(opened.value.at).toISOString(), "2026-03-01T12:00:00.000Z");
  assert.equal(whyOpensslRefuses(certificates, response, message), undefined);
});

type Case = {
  readonly title: string;
  readonly code: StampFaultCode;
  readonly words: RegExp;
  readonly forgery: () => Partial<Forgery>;
  readonly expected?: () => { readonly roots?: readonly Certificate[]; readonly message?: Buffer };
  /** openssl takes the time of the reading, or is less strict than RFC 3161: then its verdict is no measure. */
  readonly opensslAccepts?: boolean;
};

const cases: readonly Case[] = [
  {
    title: "a declined request",
    code: "not-granted",
    words: /status 2/,
    forgery: () => ({ status: 2, tokenless: true }),
  },
  {
    title: "a token that was stripped",
    code: "token-missing",
    words: /holds none/,
    forgery: () => ({ tokenless: true }),
  },
  {
    title: "a stamp over another hash",
    code: "other-hash",
    words: /over other bytes/,
    forgery: () => ({ message: Buffer.from("other") }),
  },
  {
    title: "another nonce",
    code: "other-nonce",
    words: /nonce/,
    forgery: () => ({ nonce: Buffer.from("01", "hex") }),
    opensslAccepts: true,
  },
  {
    title: "no nonce where one was sent",
    code: "other-nonce",
    words: /nonce/,
    forgery: () => ({ nonce: undefined }),
    opensslAccepts: true,
  },
  {
    title: "a certificate that had expired before the stamp",
    code: "validity",
    words: /had expired on 2021-01-01/,
    forgery: () => ({
      signer: certificates.issue("Expired", "stamping", { validity: ["20200101000000Z", "20210101000000Z"] }),
    }),
  },
  {
    title: "a time before the certificate was valid",
    code: "validity",
    words: /valid from 2026-04-01/,
    forgery: () => ({
      signer: certificates.issue("Early", "stamping", { validity: ["20260401000000Z", "20491231000000Z"] }),
    }),
    opensslAccepts: true,
  },
  {
    title: "a time beyond the certificate's end",
    code: "validity",
    words: /had expired/,
    forgery: () => ({ at: "20500101000000Z" }),
    opensslAccepts: true,
  },
  {
    title: "a certificate for web servers",
    code: "purpose",
    words: /not for time stamping alone/,
    forgery: () => ({ signer: certificates.issue("Web", "web") }),
  },
  {
    title: "a certificate without a purpose",
    code: "purpose",
    words: /not for time stamping alone/,
    forgery: () => ({ signer: certificates.issue("Leaf", "leaf") }),
  },
  {
    title: "a purpose that is not critical",
    code: "purpose",
    words: /does not insist/,
    forgery: () => ({ signer: certificates.issue("Easy", "stamping-easy") }),
  },
  {
    title: "a second purpose beside it",
    code: "purpose",
    words: /not for time stamping alone/,
    forgery: () => ({ signer: certificates.issue("More", "stamping-more") }),
  },
  {
    title: "a key that is not for signatures",
    code: "purpose",
    words: /not for signatures/,
    forgery: () => ({ signer: certificates.issue("Mute", "mute") }),
  },
  {
    title: "a critical extension that is unknown",
    code: "purpose",
    words: /critical extensions/,
    forgery: () => ({ signer: certificates.issue("Odd", "odd") }),
    opensslAccepts: true,
  },
  {
    title: "a certificate that does not come along",
    code: "certificate-missing",
    words: /not in the answer/,
    forgery: () => ({ along: [certificates.root] }),
  },
  {
    title: "a signature over another stamp",
    code: "signature",
    words: /another stamp/,
    forgery: () => ({ otherDigest: true }),
  },
  {
    title: "a stamp signed for another certificate",
    code: "signature",
    words: /another certificate/,
    forgery: () => ({ named: certificates.root }),
  },
  {
    title: "no certificate named",
    code: "signature",
    words: /does not name its certificate/,
    forgery: () => ({ without: "signingCertificate" }),
  },
  {
    title: "no digest signed",
    code: "signature",
    words: /another stamp/,
    forgery: () => ({ without: "messageDigest" }),
  },
  {
    title: "no type signed",
    code: "signature",
    words: /does not say that it is a time stamp/,
    forgery: () => ({ without: "contentType" }),
    opensslAccepts: true,
  },
  {
    title: "a key that is not the certificate's",
    code: "signature",
    words: /does not hold/,
    forgery: () => ({ signer: { ...signer, keyPem: certificates.issue("Another", "stamping").keyPem } }),
  },
  {
    title: "a critical extension of the stamp",
    code: "malformed",
    words: /critical extension/,
    forgery: () => ({ criticalExtension: true }),
    opensslAccepts: true,
  },
  {
    title: "content that is no stamp",
    code: "malformed",
    words: /no time stamp/,
    forgery: () => ({ contentId: "1.2.840.113549.1.7.1" }),
  },
  { title: "two signers", code: "malformed", words: /exactly one/, forgery: () => ({ twoSigners: true }) },
  {
    title: "a day that no calendar has",
    code: "malformed",
    words: /calendar/,
    forgery: () => ({ at: "20260231120000Z" }),
    opensslAccepts: true,
  },
  {
    title: "a time without a zone",
    code: "malformed",
    words: /time that cannot be read/,
    forgery: () => ({ at: "20260301120000" }),
    opensslAccepts: true,
  },
  {
    title: "an authority under a root that nobody gave",
    code: "untrusted",
    words: /no chain leads/,
    forgery: () => ({
      signer: new Certificates(join(folder, "elsewhere"), "Another Root").issue("Stranger", "stamping"),
    }),
  },
  {
    title: "an authority under a root of the same name",
    code: "untrusted",
    words: /did not sign/,
    forgery: () => ({ signer: new Certificates(join(folder, "same-name")).issue("Impostor", "stamping") }),
  },
  {
    title: "a certificate issued by one that is no authority",
    code: "untrusted",
    words: /not a certificate authority/,
    forgery: () => {
      const leaf = certificates.issue("No Authority", "stamping");
      const below = certificates.issue("Below", "stamping", { by: leaf });
      return { signer: below, along: [below, leaf] };
    },
  },
];

function judge(each: Case): { readonly response: Buffer; readonly opened: ReturnType<typeof openTimeStamp> } {
  const right = { signer, message, nonce: Buffer.concat([Buffer.of(0), nonce]) };
  const response = forge({ ...right, ...each.forgery() });
  return { response, opened: openTimeStamp(response, { message, nonce, roots }) };
}

for (const each of cases)
  test(`refused: ${each.title}`, (context: TestContext) => {
    if (!needsTool(context, "openssl")) return;
    const { response, opened } = judge(each);
    assert.ok(!opened.ok, "it was accepted");
    assert.equal(opened.error.code, each.code, opened.error.message);
    assert.match(opened.error.message, each.words);
    if (each.opensslAccepts !== true)
      assert.notEqual(whyOpensslRefuses(certificates, response, message), undefined, "openssl accepts it");
  });

test("a chain over an intermediate authority holds when it comes along, and not without it", (context) => {
  if (!needsTool(context, "openssl")) return;
  const between = certificates.issue("Between", "authority");
  const below = certificates.issue("Under Between", "stamping", { by: between });
  const response = forge({ signer: below, message, along: [below, between] });
  assert.ok(openTimeStamp(response, { message, roots }).ok);
  assert.equal(whyOpensslRefuses(certificates, response, message), undefined);
  const alone = forge({ signer: below, message });
  const opened = openTimeStamp(alone, { message, roots });
  assert.ok(!opened.ok && opened.error.code === "untrusted");
  assert.notEqual(whyOpensslRefuses(certificates, alone, message), undefined);
  // Whoever trusts the one between needs no root.
  assert.ok(openTimeStamp(alone, { message, roots: rootsOf(between) }).ok);
});

test("whatever byte of a stamp is changed or cut, it is refused in words and never accepted for the same bytes", (context) => {
  if (!needsTool(context, "openssl")) return;
  const response = forge({ signer, message });
  const base = openTimeStamp(response, { message, roots });
  assert.ok(base.ok);
  let accepted = 0;
  for (let at = 0; at < response.length; at++) {
    const bent = Buffer.from(response);
    bent[at] = (bent[at] ?? 0) ^ 0x01;
    const opened = openTimeStamp(bent, { message, roots });
    // Parts that no signature covers (version numbers, the list of digests) may change without harm: the facts do not.
    if (opened.ok) {
      accepted++;
      assert.deepEqual(opened.value, base.value);
    }
    assert.equal(openTimeStamp(response.subarray(0, at), { message, roots }).ok, false);
  }
  assert.ok(accepted < response.length / 20, `${accepted} of ${response.length} changes were accepted`);
  assert.equal(openTimeStamp(Buffer.concat([response, Buffer.of(0)]), { message, roots }).ok, false);
});
