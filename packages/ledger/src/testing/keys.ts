/** Keys for tests, the same at every run: the seed is the name's hash. */
import { createPrivateKey, hash } from "node:crypto";
import {
  formatVerifierKey,
  publicKeyOf,
  verifierOf,
  type NoteVerifier,
  type SignatureType,
} from "../index.ts";

const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");

export type TestKey = { readonly pem: string; readonly verifier: NoteVerifier; readonly vkey: string };

/** @param label tells two keys of one name apart */
export function testKey(name: string, type: SignatureType = "ed25519", label = name): TestKey {
  const der = Buffer.concat([PKCS8_PREFIX, hash("sha256", `test key ${label}`, "buffer")]);
  const pem = createPrivateKey({ key: der, format: "der", type: "pkcs8" }).export({
    format: "pem",
    type: "pkcs8",
  });
  // Node gives a text for the PEM format.
  const text = pem as string;
  const verifier = verifierOf(name, publicKeyOf(text), type);
  return { pem: text, verifier, vkey: formatVerifierKey(verifier) };
}
