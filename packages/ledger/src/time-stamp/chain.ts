/** From a certificate to one that the reader trusts (RFC 5280 section 6, as far as a time stamping authority needs it). */
import type { EpochMs } from "@countersign/kernel";
import { checkSignatureOf } from "./algorithms.ts";
import { KEY_USAGE, type Certificate } from "./certificate.ts";
import { sameBytes } from "./der.ts";

const DEPTH_MAX = 8;
/** Nobody's chain needs more, and each step costs a signature check. */
const STEPS_MAX = 64;

export type ChainFault = {
  readonly code: "validity" | "untrusted" | "algorithm";
  readonly message: string;
};

/**
 * @param at the time at which every certificate must be valid: that of the stamp, not of the reading
 * @returns undefined when a trusted certificate stands at the end of a chain, else why not
 */
export function whyNotChained(
  leaf: Certificate,
  others: readonly Certificate[],
  trusted: readonly Certificate[],
  at: EpochMs,
): ChainFault | undefined {
  let fault: ChainFault | undefined;
  let steps = 0;
  const climb = (below: Certificate, depth: number): boolean => {
    if (isSame(trusted, below)) return true;
    if (depth >= DEPTH_MAX) return false;
    for (const issuer of [...trusted, ...others]) {
      if (!sameBytes(issuer.subject, below.issuer) || issuer === below) continue;
      if (++steps > STEPS_MAX) return false;
      const wrong = whyNotIssuer(issuer, below, depth, at);
      if (wrong !== undefined) fault ??= wrong;
      else if (isSame(trusted, issuer) || climb(issuer, depth + 1)) return true;
    }
    return false;
  };
  if (climb(leaf, 0)) return undefined;
  return (
    fault ?? {
      code: "untrusted",
      message: `no chain leads from ${leaf.subjectWords} to a root that was given`,
    }
  );
}

function isSame(list: readonly Certificate[], certificate: Certificate): boolean {
  return list.some((each) => sameBytes(each.der, certificate.der));
}

/** @param depth how many authorities stand between the issuer and the leaf */
function whyNotIssuer(
  issuer: Certificate,
  below: Certificate,
  depth: number,
  at: EpochMs,
): ChainFault | undefined {
  const untrusted = (message: string): ChainFault => ({ code: "untrusted", message });
  const name = issuer.subjectWords;
  if (!issuer.isAuthority) return untrusted(`${name} is not a certificate authority`);
  if (issuer.pathLengthMax !== undefined && depth > issuer.pathLengthMax)
    return untrusted(`${name} allows ${issuer.pathLengthMax} authorities below it`);
  if (issuer.keyUsage !== undefined && (issuer.keyUsage & KEY_USAGE.keyCertSign) === 0)
    return untrusted(`the key of ${name} is not for certificates`);
  if (issuer.unknownCritical.length > 0)
    return untrusted(
      `${name} has critical extensions that are unknown here: ${issuer.unknownCritical.join(", ")}`,
    );
  const expired = whyNotValid(issuer, at);
  if (expired !== undefined) return { code: "validity", message: expired };
  const outcome = checkSignatureOf(below.signedPart, below.signature, {
    spki: issuer.spki,
    algorithm: below.signatureAlgorithm,
  });
  if (outcome === "unknown")
    return {
      code: "algorithm",
      message: `the signature of ${name} on a certificate cannot be checked here (${below.signatureAlgorithm.id})`,
    };
  return outcome === "holds"
    ? undefined
    : untrusted(`${name} did not sign the certificate of ${below.subjectWords}`);
}

export function whyNotValid(certificate: Certificate, at: EpochMs): string | undefined {
  const day = (time: EpochMs) => new Date(time).toISOString();
  if (at > certificate.notAfter)
    return `the certificate of ${certificate.subjectWords} had expired on ${day(certificate.notAfter)}, before the time of the stamp`;
  if (at < certificate.notBefore)
    return `the certificate of ${certificate.subjectWords} was valid from ${day(certificate.notBefore)} on, after the time of the stamp`;
  return undefined;
}
