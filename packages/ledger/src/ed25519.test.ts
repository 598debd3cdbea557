import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isPlainSignature, pointFault, signEd25519, verifyEd25519 } from "./ed25519.ts";
import { formatVerifierKey, parseVerifierKey, verifierOf } from "./note-key.ts";
import { testKey } from "./testing/keys.ts";

const P = 2n ** 255n - 19n;
const L = 2n ** 252n + 27742317777372353535851937790883648493n;

function littleEndian(value: bigint): Buffer {
  return Buffer.from(value.toString(16).padStart(64, "0"), "hex").reverse();
}

test("every encoding of the eight points of low order is refused as a key, with either sign", () => {
  const ys = [0n, 1n, P - 1n, P, P + 1n];
  // The two y of order eight.
  for (const hex of [
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  ])
    ys.push(BigInt(`0x${Buffer.from(hex, "hex").reverse().toString("hex")}`));
  for (const y of ys)
    for (const sign of [0n, 2n ** 255n]) {
      const point = littleEndian(y + sign);
      assert.notEqual(pointFault(point), undefined, point.toString("hex"));
      const vkey = formatVerifierKey(verifierOf("log.example", point));
      assert.equal(parseVerifierKey(vkey).ok, false, vkey);
    }
});

test("every y from the field's prime on is a second spelling, and is refused", () => {
  for (let y = P; y < 2n ** 255n; y++)
    assert.notEqual(pointFault(littleEndian(y)), undefined, y.toString(16));
  assert.equal(pointFault(littleEndian(P - 2n)), undefined);
  assert.equal(pointFault(littleEndian(2n)), undefined);
});

test("honest signatures are plain, and adding the group's order to S makes a second one that is refused", () => {
  const key = testKey("log.example");
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (message) => {
      const signature = signEd25519(message, key.pem);
      assert.ok(verifyEd25519(message, key.verifier.publicKey, signature));
      const s = BigInt(`0x${Buffer.from(signature.subarray(32)).reverse().toString("hex")}`);
      const malleable = Buffer.concat([signature.subarray(0, 32), littleEndian(s + L)]);
      assert.equal(isPlainSignature(key.verifier.publicKey, malleable), false);
      assert.equal(verifyEd25519(message, key.verifier.publicKey, malleable), false);
    }),
    { numRuns: 20 },
  );
});

test("S is below the order: L - 1 is looked at, L is not", () => {
  const { publicKey } = testKey("log.example").verifier;
  const r = testKey("other.example").verifier.publicKey;
  const withS = (s: bigint) => Buffer.concat([r, littleEndian(s)]);
  assert.equal(isPlainSignature(publicKey, withS(L - 1n)), true);
  assert.equal(isPlainSignature(publicKey, withS(L)), false);
});
