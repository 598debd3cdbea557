/** What a signing certificate says of its holder, read strictly where the library reads leniently. */
import type { X509Certificate } from "@sigstore/core";
import { err, ok, type Result } from "@countersign/kernel";
import type { Signer } from "./outcome.ts";

// https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md
const ISSUER_V1 = "1.3.6.1.4.1.57264.1.1";
const ISSUER_V2 = "1.3.6.1.4.1.57264.1.8";
const SOURCE_REPOSITORY = "1.3.6.1.4.1.57264.1.12";
const SOURCE_REVISION = "1.3.6.1.4.1.57264.1.13";
const EXTENDED_KEY_USAGE = "2.5.29.37";
const CODE_SIGNING = "1.3.6.1.5.5.7.3.3";
const ALTERNATIVE_NAME = "2.5.29.17";

/** General names by their tag (RFC 5280, section 4.2.1.6); others are no names of a signer. */
const OTHER_NAME = 0;
const EMAIL = 1;
const URI = 6;

export function readSigner(certificate: X509Certificate): Result<Signer, string> {
  if (certificate.isCA) return err("it is an authority's: what it signs are certificates");
  const usage = certificate.extension(EXTENDED_KEY_USAGE)?.valueObj.subs[0]?.subs ?? [];
  if (!usage.some((each) => each.toOID() === CODE_SIGNING)) return err("it is not for signing code");
  const names = certificate.extension(ALTERNATIVE_NAME)?.valueObj.subs[0]?.subs ?? [];
  const [name] = names;
  if (names.length !== 1 || name === undefined)
    return err(`it has ${names.length} alternative names, so that nobody can tell which is the signer's`);
  const form = name.tag.isContextSpecific(EMAIL)
    ? "email"
    : name.tag.isContextSpecific(URI)
      ? "uri"
      : name.tag.isContextSpecific(OTHER_NAME)
        ? "other"
        : undefined;
  const bytes = form === "other" ? name.subs[1]?.subs[0]?.value : name.value;
  const spelled = bytes === undefined ? undefined : printable(bytes);
  if (form === undefined || spelled === undefined) return err("its alternative name is no name that is read");
  const issuer = textOf(certificate, ISSUER_V2) ?? rawTextOf(certificate, ISSUER_V1);
  const repository = textOf(certificate, SOURCE_REPOSITORY);
  const revision = textOf(certificate, SOURCE_REVISION);
  return ok({
    kind: "certificate",
    name: { form, text: spelled },
    ...(issuer === undefined ? {} : { issuer }),
    ...(repository === undefined ? {} : { sourceRepository: repository }),
    ...(revision === undefined ? {} : { sourceRevision: revision }),
  });
}

function textOf(certificate: X509Certificate, oid: string): string | undefined {
  const bytes = certificate.extension(oid)?.valueObj.subs[0]?.value;
  return bytes === undefined ? undefined : printable(bytes);
}

/** The first form of the issuer is the text itself, without a type around it. */
function rawTextOf(certificate: X509Certificate, oid: string): string | undefined {
  const bytes = certificate.extension(oid)?.value;
  return bytes === undefined ? undefined : printable(bytes);
}

/** Printable ASCII without spaces, so that no two names look alike. */
function printable(bytes: Uint8Array): string | undefined {
  if (bytes.length === 0 || bytes.length > 1024) return undefined;
  return bytes.every((byte) => byte > 0x20 && byte < 0x7f)
    ? Buffer.from(bytes).toString("latin1")
    : undefined;
}
