/** Whom the caller trusts: a trusted root's bytes become a typed value here (dev.sigstore.trustroot.v1). */
import { TrustedRoot } from "@sigstore/protobuf-specs";
import { err, ok, parseInstant, type Json, type JsonObject, type Result } from "@countersign/kernel";
import { parseStrictJson } from "../json/strict-json.ts";
import { any, base64, list, object, text, whyNotShape, type Fault, type Shape } from "../json/shape.ts";

export const TRUSTED_ROOT_BYTES_MAX = 4 * 1024 * 1024;

/** A key without a beginning would be trusted for all time: the start is demanded, the end may be open. */
const validFor = object({ start: [text(64), "required"], end: [text(64), "optional"] });

const log = object({
  baseUrl: [text(), "required"],
  hashAlgorithm: [text(64), "optional"],
  publicKey: [
    object({
      rawBytes: [base64, "required"],
      keyDetails: [text(64), "required"],
      validFor: [validFor, "required"],
    }),
    "required",
  ],
  logId: [object({ keyId: [base64, "required"] }), "required"],
  checkpointKeyId: [object({ keyId: [base64, "required"] }), "optional"],
  operator: [text(), "optional"],
});

const authority = object({
  subject: [any, "optional"],
  uri: [text(), "optional"],
  certChain: [
    object({ certificates: [list(object({ rawBytes: [base64, "required"] }), 1, 10), "required"] }),
    "required",
  ],
  validFor: [validFor, "required"],
  operator: [text(), "optional"],
});

const rootShape: Shape = object({
  mediaType: [text(), "required"],
  tlogs: [list(log, 0, 100), "optional"],
  certificateAuthorities: [list(authority, 0, 100), "optional"],
  ctlogs: [list(log, 0, 100), "optional"],
  timestampAuthorities: [list(authority, 0, 100), "optional"],
});

const MEDIA_TYPE =
  /^application\/vnd\.dev\.sigstore\.trustedroot(?:\+json;version=0\.[12]|\.v0\.[12]\+json)$/;

export function readTrustedRoot(bytes: Uint8Array): Result<TrustedRoot, Fault> {
  const parsed = parseStrictJson(bytes, TRUSTED_ROOT_BYTES_MAX);
  if (!parsed.ok) return err({ at: "trusted root", why: parsed.error });
  const fault = whyNotShape(rootShape, parsed.value) ?? whyNotTimes(parsed.value as JsonObject);
  if (fault !== undefined) return err({ at: fault.at === "" ? "trusted root" : fault.at, why: fault.why });
  if (!MEDIA_TYPE.test((parsed.value as { mediaType: string }).mediaType))
    return err({ at: "mediaType", why: "not a trusted root of version 0.1 or 0.2" });
  try {
    return ok(TrustedRoot.fromJSON(parsed.value));
  } catch (error) {
    return err({ at: "trusted root", why: error instanceof Error ? error.message : "unreadable" });
  }
}

function whyNotTimes(root: JsonObject): Fault | undefined {
  for (const member of ["tlogs", "certificateAuthorities", "ctlogs", "timestampAuthorities"])
    for (const [position, entry] of ((root[member] ?? []) as readonly JsonObject[]).entries()) {
      const inKey = member.endsWith("logs");
      const times = (inKey ? (entry["publicKey"] as JsonObject) : entry)["validFor"] as JsonObject;
      for (const [name, value] of Object.entries(times))
        if (value !== null && !parseInstant(value as Json as string).ok)
          return {
            at: `${member}[${position}]${inKey ? ".publicKey" : ""}.validFor.${name}`,
            why: "not a time with its zone",
          };
    }
  return undefined;
}
