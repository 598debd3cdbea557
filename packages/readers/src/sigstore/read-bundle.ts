/** A Sigstore bundle's bytes become a typed value here and nowhere else (protobuf-specs, dev.sigstore.bundle.v1). */
import { bundleFromJSON, type Bundle } from "@sigstore/bundle";
import { err, ok, type Json, type JsonObject, type Result } from "@countersign/kernel";
import { parseStrictJson } from "../json/strict-json.ts";
import {
  base64,
  bytesOf,
  count,
  lines,
  list,
  object,
  oneOf,
  text,
  whyNotShape,
  type Fault,
} from "../json/shape.ts";

/** A statement of ten thousand files is about two megabytes. */
export const BUNDLE_BYTES_MAX = 16 * 1024 * 1024;

export type BundleVersion = "0.1" | "0.2" | "0.3";

/** Both spellings of 0.3 are in use. */
const versions: { readonly [mediaType: string]: BundleVersion } = {
  "application/vnd.dev.sigstore.bundle+json;version=0.1": "0.1",
  "application/vnd.dev.sigstore.bundle+json;version=0.2": "0.2",
  "application/vnd.dev.sigstore.bundle+json;version=0.3": "0.3",
  "application/vnd.dev.sigstore.bundle.v0.3+json": "0.3",
};

const certificate = object({ rawBytes: [base64, "required"] });

const logEntry = object({
  logIndex: [count, "optional"],
  logId: [object({ keyId: [base64, "required"] }), "required"],
  kindVersion: [object({ kind: [text(64), "required"], version: [text(64), "required"] }), "required"],
  integratedTime: [count, "optional"],
  inclusionPromise: [object({ signedEntryTimestamp: [base64, "required"] }), "optional"],
  inclusionProof: [
    object({
      logIndex: [count, "optional"],
      rootHash: [bytesOf(32), "required"],
      treeSize: [count, "required"],
      hashes: [list(bytesOf(32), 0, 64), "optional"],
      checkpoint: [object({ envelope: [lines(65_536), "required"] }), "optional"],
    }),
    "optional",
  ],
  canonicalizedBody: [base64, "required"],
});

const bundleShape = object(
  {
    mediaType: [oneOf(...Object.keys(versions)), "required"],
    verificationMaterial: [
      object(
        {
          certificate: [certificate, "optional"],
          x509CertificateChain: [
            object({ certificates: [list(certificate, 1, 10), "required"] }),
            "optional",
          ],
          // Early model signatures put the key itself here. Only the key that the caller trusts is ever used.
          publicKey: [
            object({
              hint: [text(), "optional"],
              rawBytes: [base64, "optional"],
              keyDetails: [text(), "optional"],
            }),
            "optional",
          ],
          tlogEntries: [list(logEntry, 0, 16), "optional"],
          timestampVerificationData: [
            object({
              rfc3161Timestamps: [list(object({ signedTimestamp: [base64, "required"] }), 0, 16), "optional"],
            }),
            "optional",
          ],
        },
        ["certificate", "x509CertificateChain", "publicKey"],
      ),
      "required",
    ],
    messageSignature: [
      object({
        messageDigest: [
          object({ algorithm: [text(32), "required"], digest: [base64, "required"] }),
          "required",
        ],
        signature: [base64, "required"],
      }),
      "optional",
    ],
    dsseEnvelope: [
      object({
        payload: [base64, "required"],
        payloadType: [text(), "required"],
        // The specification allows no second signature in a bundle.
        signatures: [
          list(object({ sig: [base64, "required"], keyid: [text(), "optional"] }), 1, 1),
          "required",
        ],
      }),
      "optional",
    ],
  },
  ["messageSignature", "dsseEnvelope"],
);

export type ReadBundle = { readonly version: BundleVersion; readonly bundle: Bundle };

export function readBundle(bytes: Uint8Array): Result<ReadBundle, Fault> {
  const parsed = parseStrictJson(bytes, BUNDLE_BYTES_MAX);
  if (!parsed.ok) return err({ at: "bundle", why: parsed.error });
  const fault = whyNotShape(bundleShape, parsed.value) ?? whyNotProofs(parsed.value);
  if (fault !== undefined) return err({ at: fault.at === "" ? "bundle" : fault.at, why: fault.why });
  // The shape was checked.
  const version = versions[(parsed.value as { mediaType: string }).mediaType] ?? "0.3";
  try {
    return ok({ version, bundle: bundleFromJSON(parsed.value) });
  } catch (error) {
    // What each version demands: a promise in 0.1, a proof from 0.2 on, one certificate alone in 0.3.
    const fields = (error as { fields?: readonly string[] }).fields ?? [];
    return err({
      at: fields.join(", ") || "bundle",
      why: `not what version ${version} of the format demands`,
    });
  }
}

/** A proof repeats its checkpoint's size and root; the library reads the checkpoint's only. */
function whyNotProofs(bundle: Json): Fault | undefined {
  const material = (bundle as JsonObject)["verificationMaterial"] as JsonObject;
  for (const [position, entry] of ((material["tlogEntries"] ?? []) as readonly JsonObject[]).entries()) {
    const proof = (entry["inclusionProof"] ?? undefined) as JsonObject | undefined;
    const checkpoint = (proof?.["checkpoint"] ?? undefined) as { envelope: string } | undefined;
    if (proof === undefined || checkpoint === undefined) continue;
    const [, size, root] = checkpoint.envelope.split("\n");
    const at = `verificationMaterial.tlogEntries[${position}].inclusionProof`;
    if (String(proof["treeSize"]) !== size) return { at: `${at}.treeSize`, why: "not its checkpoint's" };
    if (proof["rootHash"] !== root) return { at: `${at}.rootHash`, why: "not its checkpoint's" };
    // Nothing signs the index of an entry that has no promise but its proof does.
    const promised = (entry["inclusionPromise"] ?? null) !== null;
    if (!promised && String(entry["logIndex"] ?? "0") !== String(proof["logIndex"] ?? "0"))
      return { at: `verificationMaterial.tlogEntries[${position}].logIndex`, why: "not its proof's" };
  }
  return undefined;
}
