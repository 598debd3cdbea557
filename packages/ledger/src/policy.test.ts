import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatCheckpoint, signCheckpoint } from "./checkpoint.ts";
import { leafHash, MemoryTree, inclusionProof } from "./merkle.ts";
import { addSignatures, cosignatureLine, signatureLine } from "./note.ts";
import { judgeCheckpoint, missingForQuorum, parsePolicy, POLICY_NAMES_MAX, type Policy } from "./policy.ts";
import { testKey } from "./testing/keys.ts";
import { formatTlogProof, verifyTlogProof } from "./tlog-proof.ts";

const log = testKey("log.example/acme");
const witness = (name: string) => testKey(`${name}.example`, "cosignature/v1");
const names = ["X1", "X2", "X3", "Y1", "Y2", "Y3"];

/** The example of the specification's page, with keys. */
const EXAMPLE = `log ${log.vkey}

witness X1 ${witness("X1").vkey}
witness X2 ${witness("X2").vkey}
witness X3 ${witness("X3").vkey}
group X-witnesses 2 X1 X2 X3

witness Y1 ${witness("Y1").vkey}
witness Y2 ${witness("Y2").vkey}
witness Y3 ${witness("Y3").vkey}
group Y-witnesses any Y1 Y2 Y3

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
`;

function policyOf(text: string): Policy {
  const policy = parsePolicy(text);
  if (!policy.ok) throw new Error(policy.error);
  return policy.value;
}

const root = leafHash(Buffer.from("root"));
const text = formatCheckpoint({ origin: log.verifier.name, size: 5, root });
const signed = signCheckpoint({ origin: log.verifier.name, size: 5, root }, log.pem);

function cosigned(by: readonly string[]): string {
  const lines = by.map((name) => cosignatureLine(text, `${name}.example`, witness(name).pem, 1_679_315_147n));
  return addSignatures(signed, lines);
}

test("a checkpoint is accepted exactly when two of three and one of three have cosigned it", () => {
  const policy = policyOf(EXAMPLE);
  fc.assert(
    fc.property(fc.subarray(names), (by) => {
      const x = by.filter((name) => name.startsWith("X")).length;
      const judged = judgeCheckpoint(policy, cosigned(by));
      assert.equal(judged.ok, x >= 2 && by.length - x >= 1, by.join());
    }),
  );
  const judged = judgeCheckpoint(policy, cosigned(["X1", "X3", "Y2"]));
  assert.ok(judged.ok);
  assert.deepEqual(
    judged.value.cosignatures.map((each) => [each.witness.name, each.timestamp]),
    [
      ["X1", 1_679_315_147n],
      ["X3", 1_679_315_147n],
      ["Y2", 1_679_315_147n],
    ],
  );
});

test("what the quorum lacks is said", () => {
  const judged = judgeCheckpoint(policyOf(EXAMPLE), cosigned(["X1", "Y1"]));
  assert.deepEqual(judged, {
    ok: false,
    error: "not cosigned by X-and-Y; 1 of the 2 that X-and-Y needs",
  });
});

test("a witness counts once, whatever it is a member of and however often it signs", () => {
  const policy = policyOf(
    `log ${log.vkey}\nwitness a ${witness("X1").vkey}\nwitness b ${witness("X2").vkey}\ngroup g 2 a b\nquorum g\n`,
  );
  const twice = [1n, 2n].map((time) => cosignatureLine(text, "X1.example", witness("X1").pem, time));
  assert.equal(judgeCheckpoint(policy, addSignatures(signed, twice)).ok, false);
});

test("a bad cosignature of a known witness sinks the checkpoint, also where the quorum is there without it", () => {
  const policy = policyOf(EXAMPLE);
  const other = cosignatureLine(text.replace("5", "6"), "X3.example", witness("X3").pem, 7n);
  const judged = judgeCheckpoint(policy, addSignatures(cosigned(["X1", "X2", "Y1"]), [other]));
  assert.deepEqual(judged, { ok: false, error: "the signature of X3.example does not hold" });
});

test("the log's own signature cannot stand for a witness's, and a witness's not for the log's", () => {
  const policy = policyOf(`log ${log.vkey}\nwitness w ${witness("X1").vkey}\nquorum none\n`);
  const line = cosignatureLine(text, "X1.example", witness("X1").pem, 7n);
  assert.equal(judgeCheckpoint(policy, `${text}\n${line}\n`).ok, false);
  assert.ok(judgeCheckpoint(policy, signed).ok);
});

test("a log that changes its key is accepted under either key and under both", () => {
  const second = testKey(log.verifier.name, "ed25519", "second key");
  const policy = policyOf(`log ${log.vkey}\nlog ${second.vkey}\nquorum none\n`);
  const line = signatureLine(text, log.verifier.name, second.pem);
  assert.ok(judgeCheckpoint(policy, signed).ok);
  assert.ok(judgeCheckpoint(policy, `${text}\n${line}\n`).ok);
  const both = judgeCheckpoint(policy, addSignatures(signed, [line]));
  assert.ok(both.ok && both.value.logSignatures.length === 2);
});

const [v1, v2] = [witness("X1").vkey, witness("X2").vkey];
const two = `witness a ${v1}\nwitness b ${v2}\n`;

test("a policy file says what is wrong with it, and on which line", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["", "the last line of a policy ends in a newline"],
    ["quorum none", "the last line of a policy ends in a newline"],
    ["\n# nothing\n", "no quorum line"],
    ["quorum none\nquorum none\n", "line 2: a second quorum line"],
    ["quorum a\n", "line 1: a is not defined above"],
    ["quorum none none\n", "line 1: quorum <name>"],
    ["quorum\tnone\r\n", "a policy holds no control characters"],
    ["quorum none\x7f\n", "a policy holds no control characters"],
    ["Quorum none\n", "line 1: a line begins with log, witness, group or quorum, not with Quorum"],
    [`witness a ${v1}\nwitness a ${v2}\n`, "line 2: a is defined twice"],
    [`witness none ${v1}\n`, "line 1: the name none is taken"],
    [`witness a ${v1}\nwitness b ${v1}\n`, "line 2: the public key of X1.example stands here twice"],
    [
      `witness a ${log.vkey}\n`,
      "line 1: a verifier key for ed25519, and one for cosignature/v1 or ml-dsa-44 belongs here",
    ],
    [
      `log ${v1}\n`,
      "line 1: a verifier key for cosignature/v1, and one for ed25519 or ml-dsa-44 belongs here",
    ],
    [`${two}group g 3 a b\n`, "line 3: a threshold is all, any, or 1 to 2"],
    [`${two}group g 0 a b\n`, "line 3: a threshold is all, any, or 1 to 2"],
    [`${two}group g 01 a b\n`, "line 3: a threshold is all, any, or 1 to 2"],
    [`${two}group g +1 a b\n`, "line 3: a threshold is all, any, or 1 to 2"],
    [`${two}group g 1e0 a b\n`, "line 3: a threshold is all, any, or 1 to 2"],
    [`${two}group g any\n`, "line 3: group <name> all|any|<k> <name>..."],
    [`${two}group g any none\n`, "line 3: none is not defined above"],
    [`${two}group g any a a\n`, "line 3: a is a member twice"],
    [`${two}group g any a\ngroup h any a b\n`, "line 4: a is a member twice"],
    [`${two}group g any h\ngroup h any g\n`, "line 3: h is not defined above"],
    [`${two}group g any g\n`, "line 3: g is not defined above"],
    [`${two}group a any b\n`, "line 3: a is defined twice"],
    [`${two}group none any b\n`, "line 3: the name none is taken"],
    [`log ${log.vkey} https://log.example/ more\n`, "line 1: log <vkey> [<url>]"],
    ["log\n", "line 1: log <vkey> [<url>]"],
    ["log nonsense\n", "line 1: not a verifier key (name+id+key)"],
  ];
  for (const [file, error] of cases) assert.deepEqual(parsePolicy(file), { ok: false, error }, file);
});

test("the key of a log cannot be a witness of it under another type", () => {
  const same = testKey("w.example", "cosignature/v1", log.verifier.name);
  const parsed = parsePolicy(`log ${log.vkey}\nwitness w ${same.vkey}\nquorum w\n`);
  assert.deepEqual(parsed, { ok: false, error: "line 2: the public key of w.example stands here twice" });
});

test("names are octets: the Kelvin sign is not K, and what is no UTF-8 is a name, too", () => {
  const file = (name: string, quorum: string) =>
    Buffer.from(`witness ${name} ${v1}\nquorum ${quorum}\n`, "latin1");
  assert.equal(parsePolicy(file("K", "\xe2\x84\xaa")).ok, false);
  assert.ok(parsePolicy(file("\xe2\x84\xaa", "\xe2\x84\xaa")).ok);
  const odd = parsePolicy(file("\xff", "\xff"));
  assert.ok(odd.ok);
  assert.equal(missingForQuorum(odd.value, new Set(["\xff"])) === undefined, false);
  assert.equal(missingForQuorum(odd.value, new Set([odd.value.witnesses[0]!.name])), undefined);
});

test("tabs, spaces, comments and addresses are read as the specification says", () => {
  const policy = policyOf(
    ` \t# c\n\tlog  ${log.vkey}\thttps://log.example/ \n witness w ${v1} https://w/\nquorum w\n`,
  );
  assert.equal(policy.logs[0]?.url, "https://log.example/");
  assert.equal(policy.witnesses[0]?.url, "https://w/");
});

test("a policy without end is cut off", () => {
  const lines = Array.from({ length: POLICY_NAMES_MAX + 1 }, (_, i) => {
    const { vkey } = testKey("w.example", "cosignature/v1", `w${i}`);
    return `witness w${i} ${vkey}\n`;
  });
  const parsed = parsePolicy(lines.join(""));
  assert.ok(!parsed.ok && parsed.error.startsWith(`line ${POLICY_NAMES_MAX + 1}: more than`));
});

test("a proof file is judged under the policy, with its extra line", () => {
  const tree = new MemoryTree();
  for (const entry of ["a", "b", "c"]) tree.append(leafHash(Buffer.from(entry)));
  const note = signCheckpoint({ origin: log.verifier.name, size: 3, root: tree.root() }, log.pem);
  const path = inclusionProof(1, 3, tree.read);
  const proof = formatTlogProof({ index: 1, path, checkpoint: note, extra: Buffer.from("extra") });
  const policy = policyOf(`log ${log.vkey}\nquorum none\n`);
  const proven = verifyTlogProof(proof, leafHash(Buffer.from("b")), policy);
  assert.ok(proven.ok && proven.value.index === 1);
  assert.equal(Buffer.from(proven.value.extra ?? []).toString(), "extra");
  assert.equal(verifyTlogProof(proof, leafHash(Buffer.from("a")), policy).ok, false);
  assert.equal(
    verifyTlogProof(proof.replace("index 1", "index 3"), leafHash(Buffer.from("b")), policy).ok,
    false,
  );
  const strict = policyOf(EXAMPLE);
  assert.equal(verifyTlogProof(proof, leafHash(Buffer.from("b")), strict).ok, false);
});
