import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import type { Checkpoint } from "./checkpoint.ts";
import {
  afterEvent,
  foldKeys,
  followTrust,
  isKeyOfLog,
  keysCounting,
  openHandover,
  openUnderChain,
  signCheckpointWithAll,
  type KeyChain,
  type KeyEvent,
} from "./key-chain.ts";
import { publicKeyOf } from "./ed25519.ts";
import { EMPTY_ROOT, leafHash } from "./merkle.ts";
import { formatVerifierKey, verifierOf } from "./note-key.ts";

const origin = "example.com/log";
const made = Array.from({ length: 4 }, () => {
  const pem = generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" }) as string;
  return { pem, key: formatVerifierKey(verifierOf(origin, publicKeyOf(pem))) };
});
const [a, b, c, stranger] = made as [Made, Made, Made, Made];
type Made = (typeof made)[number];

const created: KeyEvent = { kind: "created", index: 0, log: a.key, attestation: "att-1" };
const rotated = (index: number, from: Made, to: Made): KeyEvent => ({
  kind: "rotated",
  index,
  purpose: "log",
  key: to.key,
  replaces: from.key,
});
const retired = (index: number, which: Made): KeyEvent => ({
  kind: "retired",
  index,
  purpose: "log",
  key: which.key,
});
const revoked = (index: number, which: Made, fromSize: number): KeyEvent => ({
  kind: "revoked",
  index,
  purpose: "log",
  key: which.key,
  fromSize,
});

/** The chain that these events make; none of them may be a fault. */
function chainOf(...events: readonly KeyEvent[]): KeyChain {
  const { chain, faults } = foldKeys([created, ...events]);
  assert.deepEqual(faults, []);
  return chain;
}

const note = (size: number, ...signers: readonly Made[]): string => {
  const checkpoint: Checkpoint = {
    origin,
    size,
    root: size === 0 ? EMPTY_ROOT : leafHash(Buffer.from(String(size))),
  };
  return signCheckpointWithAll(
    checkpoint,
    signers.map(({ pem }) => pem),
  );
};
const opens = (text: string, chain: KeyChain): string => {
  const opened = openUnderChain(text, chain);
  return opened.ok ? "good" : opened.error;
};

test("line 11, overlapping validity: from the rotation's record to the retirement's, both keys must sign", () => {
  const chain = chainOf(rotated(5, a, b), retired(9, a));
  for (const size of [0, 1, 5]) assert.equal(opens(note(size, a), chain), "good");
  for (const size of [6, 9]) {
    assert.equal(opens(note(size, a, b), chain), "good");
    assert.equal(opens(note(size, b, a), chain), "good");
    assert.match(opens(note(size, a), chain), /not signed by the log's key .* counts at size/);
    assert.match(opens(note(size, b), chain), /not signed by the log's key .* counts at size/);
  }
  for (const size of [10, 1000]) assert.equal(opens(note(size, b), chain), "good");
});

test("line 11, expired: a key that was retired signs nothing alone, and its signature beside the new one is ignored", () => {
  const chain = chainOf(rotated(5, a, b), retired(9, a));
  assert.match(opens(note(10, a), chain), /not signed by the log's key/);
  assert.equal(opens(note(10, a, b), chain), "good");
  assert.equal(opens(note(4, a, b), chain), "good", "the new one beside the old, before its record");
});

test("line 11, revoked: checkpoints beyond the size of the revocation count for nothing, earlier ones stay", () => {
  const chain = chainOf(rotated(5, a, b), revoked(9, a, 3));
  assert.equal(opens(note(3, a), chain), "good");
  assert.match(opens(note(4, a), chain), /no key of the log counts at size 4/);
  assert.equal(opens(note(8, b), chain), "good");
  assert.match(opens(note(8, a), chain), /not signed by/);
});

test("a signature of any key of the log that does not hold sinks the checkpoint", () => {
  const chain = chainOf(rotated(5, a, b), retired(9, a));
  const lines = (text: string) => text.trimEnd().split("\n").slice(4);
  const wrong = lines(note(11, a))[0] ?? "";
  assert.match(opens(`${note(10, b)}${wrong}\n`, chain), /does not hold/);
  assert.equal(
    opens(`${note(10, b)}${lines(note(11, stranger))[0]}\n`, chain),
    "good",
    "a stranger's is ignored",
  );
});

test("line 11, a rotation record forged by somebody without the old key: the handover lacks its signature", () => {
  const chain = chainOf(rotated(5, a, stranger), retired(9, a));
  const [from, to] = chain.log;
  assert.ok(from && to);
  const handover = (text: string) => {
    const opened = openHandover(text, chain, from, to);
    return opened.ok ? "good" : opened.error;
  };
  assert.equal(handover(note(6, a, stranger)), "good");
  assert.equal(handover(note(9, a, stranger)), "good");
  assert.match(handover(note(6, stranger)), /not signed by the key that hands over/);
  assert.match(handover(note(6, a)), /not signed by the new key/);
  assert.match(handover(note(5, a, stranger)), /does not cover the rotation's/);
  assert.match(handover(note(10, a, stranger)), /had ended before it/);
  const forged = note(6, stranger).replace("\n\n", `\n\n${note(5, a).trimEnd().split("\n").at(-1)}\n`);
  assert.match(handover(forged), /does not hold/);
});

test("trust in an old key follows the handovers, unless it was revoked from a size before its own", () => {
  const chain = chainOf(rotated(5, a, b), retired(9, a), rotated(12, b, c), revoked(20, b, 15));
  const [first, second, third] = chain.log;
  assert.ok(first && second && third);
  assert.deepEqual(followTrust(chain, first, [6, 13]), { ok: true, value: { handovers: 2 } });
  assert.deepEqual(followTrust(chain, third, []), { ok: true, value: { handovers: 0 } });
  assert.match(unproven(followTrust(chain, first, [undefined, 13])), /not proven/);
  assert.match(
    unproven(followTrust(chain, second, [6, 16])),
    /revoked from size 15 on, and handed over at size 16/,
  );
  assert.match(unproven(followTrust(chain, first, [6, 16])), /revoked from size 15/);
});

function unproven(result: ReturnType<typeof followTrust>): string {
  return result.ok ? "followed" : result.error;
}

test("line 11, a key serves one purpose, once: reuse, return and self-witnessing are refused", () => {
  const chain = chainOf(rotated(5, a, b), retired(9, a));
  const refused = (event: KeyEvent) => {
    const next = afterEvent(chain, event);
    return next.ok ? "taken" : next.error;
  };
  assert.match(refused(rotated(11, b, a)), /named before/);
  assert.match(refused(rotated(11, b, b)), /named before/);
  assert.match(
    refused({ kind: "rotated", index: 11, purpose: "attestation", key: b.key, replaces: "att-1" }),
    /one purpose/,
  );
  assert.match(
    refused({ kind: "rotated", index: 11, purpose: "log", key: "att-1", replaces: b.key }),
    /one purpose/,
  );
  const elsewhere = formatVerifierKey(verifierOf("other.example/log", publicKeyOf(c.pem)));
  assert.match(
    refused({ kind: "rotated", index: 11, purpose: "log", key: elsewhere, replaces: b.key }),
    /origin as their name/,
  );
  for (const { pem } of [a, b])
    assert.equal(isKeyOfLog(chain, publicKeyOf(pem)), true, "a witness with it vouches for itself");
  assert.equal(isKeyOfLog(chain, publicKeyOf(stranger.pem)), false);
});

test("an event that the rule does not allow is a fault with its record, and changes nothing", () => {
  const cases: readonly (readonly [KeyEvent, RegExp])[] = [
    [created, /named once/],
    [rotated(3, b, c), /replaces the newest/],
    [retired(3, a), /only after another has replaced it/],
    [revoked(3, a, 1), /only after another has replaced it/],
    [retired(3, stranger), /not a key of this log/],
  ];
  for (const [event, words] of cases) {
    const { chain, faults } = foldKeys([created, event]);
    assert.deepEqual(chain, chainOf());
    assert.equal(faults.length, 1);
    assert.match(faults[0]?.message ?? "", words);
    assert.equal(faults[0]?.index, event.index);
  }
  for (const [event, words] of [
    [retired(10, a), /ended already/],
    [revoked(10, a, 11), /a size that the log had by then/],
    [revoked(10, a, -1), /a size that the log had by then/],
    [revoked(10, a, Number.NaN), /a size that the log had by then/],
  ] as const) {
    const { faults } = foldKeys([created, rotated(5, a, b), retired(9, a), event]);
    assert.match(faults[0]?.message ?? "", words);
  }
  const twice = foldKeys([created, rotated(5, a, b), revoked(9, a, 2), revoked(10, a, 9)]);
  assert.match(twice.faults[0]?.message ?? "", /revoked already/);
  assert.equal(foldKeys([retired(0, a)]).faults.length, 1);
});

test("law: signed with all keys that were ever named up to then, a checkpoint is good unless all that count are revoked", () => {
  const step = fc.record({
    gap: fc.integer({ min: 1, max: 4 }),
    end: fc.constantFrom("retired", "revoked"),
    back: fc.integer({ min: 0, max: 6 }),
  });
  fc.assert(
    fc.property(step, step, fc.integer({ min: 0, max: 24 }), (first, second, size) => {
      const events: KeyEvent[] = [created];
      let index = 0;
      for (const [from, to, { gap, end, back }] of [
        [a, b, first],
        [b, c, second],
      ] as const) {
        events.push(rotated((index += gap), from, to));
        index += gap;
        events.push(
          end === "retired" ? retired(index, from) : revoked(index, from, Math.max(0, index - back)),
        );
      }
      const { chain, faults } = foldKeys(events);
      assert.deepEqual(faults, []);
      const counting = keysCounting(chain, "log", size);
      assert.equal(opens(note(size, a, b, c), chain) === "good", counting.length > 0);
      const signers = [a, b, c].filter(({ key }) => counting.some((each) => each.key === key));
      if (signers.length === 0) return;
      assert.equal(opens(note(size, ...signers), chain), "good");
      for (const left of signers) {
        const others = [a, b, c, stranger].filter((each) => each !== left);
        assert.notEqual(opens(note(size, ...others), chain), "good");
      }
    }),
    { numRuns: 100 },
  );
});
