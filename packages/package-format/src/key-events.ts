/** Records that speak of keys, as events of the log's chain of keys (docs/formats/keys.md). */
import { err, ok, type Json, type JsonObject, type Result } from "@countersign/kernel";
import { parseVerifierKey, type KeyEvent, type KeyPurpose } from "@countersign/ledger";

/** SubjectPublicKeyInfo of a P-256 key with its point uncompressed, up to the point's 65 bytes (RFC 5480 section 2). */
const P256_SPKI = "3059301306072a8648ce3d020106082a8648ce3d030107034200";

const TYPES = ["log.created", "key.rotated", "key.retired", "key.revoked"];

/** Types of record that `keyEventOf` reads. */
export function speaksOfKeys(type: string): boolean {
  return TYPES.includes(type);
}

/**
 * @param body not checked by anybody yet.
 * @returns the event, or why the record is none that the rule can read.
 */
export function keyEventOf(type: string, body: JsonObject, index: number): Result<KeyEvent, string> {
  if (type === "log.created") {
    const { logKey: log, attestationKey: attestation } = body;
    const fault = keyFault("log", log) ?? keyFault("attestation", attestation);
    // Texts: the line above refuses what is not.
    return fault === undefined
      ? ok({ kind: "created", index, log: String(log), attestation: String(attestation) })
      : err(fault);
  }
  const { purpose, key } = body;
  if (purpose !== "log" && purpose !== "attestation") return err("purpose: log or attestation is needed");
  const fault = keyFault(purpose, key);
  if (fault !== undefined || typeof key !== "string") return err(fault ?? "a key is needed");
  switch (type) {
    case "key.rotated": {
      const { replaces } = body;
      if (typeof replaces !== "string") return err("replaces: a key is needed");
      return ok({ kind: "rotated", index, purpose, key, replaces });
    }
    case "key.retired":
      return ok({ kind: "retired", index, purpose, key });
    case "key.revoked": {
      const { fromSize } = body;
      if (typeof fromSize !== "number") return err("fromSize: a size of the log is needed");
      return ok({ kind: "revoked", index, purpose, key, fromSize });
    }
    default:
      return err(`a record of type ${type} says nothing of keys`);
  }
}

function keyFault(purpose: KeyPurpose, key: Json | undefined): string | undefined {
  if (typeof key !== "string") return "a key is needed";
  if (purpose === "log") {
    const verifier = parseVerifierKey(key);
    return verifier.ok ? undefined : `the log's key: ${verifier.error}`;
  }
  const bytes = Buffer.from(key, "base64");
  const read = bytes.toString("base64") === key && bytes.length === 91 && bytes[26] === 4;
  if (read && bytes.toString("hex", 0, 26) === P256_SPKI) return undefined;
  return "the attestation key is not an ECDSA P-256 key, SubjectPublicKeyInfo in base64";
}
