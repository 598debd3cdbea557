/** Whether an answer is a time stamp over these bytes (RFC 3161), and whose: each way in which it is not has its own word. */
import { err, ok, type EpochMs, type Result } from "@countersign/kernel";
import {
  checkSignatureOf,
  digestBytes,
  digestNameOf,
  algorithmOf,
  type DigestName,
  UncheckableError,
} from "./algorithms.ts";
import { KEY_USAGE, PURPOSE_TIME_STAMPING, type Certificate } from "./certificate.ts";
import { whyNotChained, whyNotValid } from "./chain.ts";
import { childrenOf, DerError, objectIdOf, sameBytes, tags, type DerValue } from "./der.ts";
import { positiveInteger } from "./request.ts";
import { ids, readResponse, type Response, type SignerInfo, type Token } from "./response.ts";

export type StampFaultCode =
  /** The authority declined, or sent an answer without a token in it. */
  | "not-granted"
  | "token-missing"
  | "malformed"
  | "other-hash"
  | "other-nonce"
  /** The signature, or the attributes that bind it to the stamp and the certificate. */
  | "signature"
  | "certificate-missing"
  /** A certificate that is not for time stamping, or not for that alone. */
  | "purpose"
  /** A time outside the validity of a certificate. */
  | "validity"
  /** No chain to a root that was given. */
  | "untrusted"
  /** It cannot be checked here; nothing is known to be wrong with it. */
  | "algorithm";

export type StampFault = { readonly code: StampFaultCode; readonly message: string };

export type TimeStamp = {
  readonly at: EpochMs;
  readonly accuracyMs: number | undefined;
  /** Who stamped, as the certificate says; worth something only under a root that somebody trusts. */
  readonly authority: string;
  readonly policy: string;
  readonly serial: string;
  /** Whether a chain to a given root was found; without roots there is nothing to say about whose stamp it is. */
  readonly chained: boolean;
};

export type StampExpectation = {
  /** The bytes that were stamped. */
  readonly message: Uint8Array;
  /** What was sent; absent where somebody else asked for the stamp. */
  readonly nonce?: Uint8Array;
  /** The certificates that the reader trusts; absent: the chain is not checked, and it is said so. */
  readonly roots?: readonly Certificate[];
};

export function openTimeStamp(
  response: Uint8Array,
  expected: StampExpectation,
): Result<TimeStamp, StampFault> {
  let read: Response;
  try {
    read = readResponse(response);
  } catch (error) {
    if (error instanceof DerError) return fault("malformed", `not a time stamp: ${error.message}`);
    throw error;
  }
  if (read.status !== 0 && read.status !== 1)
    return fault(
      "not-granted",
      `the authority declined with status ${read.status}${read.words === undefined ? "" : `: ${read.words}`}`,
    );
  if (read.token === undefined) return fault("token-missing", "the answer grants a stamp and holds none");
  try {
    return judgeToken(read.token, expected);
  } catch (error) {
    if (error instanceof UncheckableError) return fault("algorithm", error.message);
    throw error;
  }
}

function judgeToken(token: Token, expected: StampExpectation): Result<TimeStamp, StampFault> {
  const wrong = whyNotAbout(token, expected) ?? whyNotSigned(token);
  if (wrong !== undefined) return err(wrong);
  const signer = signerOf(token);
  if (signer === undefined)
    return fault("certificate-missing", "the certificate that signed is not in the answer");
  const unfit = whyNotAuthority(token, signer) ?? whyNotBound(token, signer) ?? whyNotHeld(token, signer);
  if (unfit !== undefined) return err(unfit);
  const unchained =
    expected.roots && whyNotChained(signer, token.certificates, expected.roots, token.info.at);
  if (unchained !== undefined) return err(unchained);
  const { at, accuracyMs, policy, serial } = token.info;
  return ok({
    at,
    accuracyMs,
    authority: signer.subjectWords,
    policy,
    serial: Buffer.from(serial).toString("hex"),
    chained: expected.roots !== undefined,
  });
}

function fault(code: StampFaultCode, message: string): { readonly ok: false; readonly error: StampFault } {
  return err({ code, message });
}

function whyNotAbout({ info }: Token, { message, nonce }: StampExpectation): StampFault | undefined {
  if (info.digest === undefined)
    return { code: "algorithm", message: "the stamp is over a digest that is unknown here" };
  if (!sameBytes(info.imprint, digestBytes(info.digest, message)))
    return { code: "other-hash", message: "the stamp is over other bytes" };
  if (nonce === undefined) return undefined;
  if (info.nonce === undefined || !sameBytes(info.nonce, positiveInteger(nonce)))
    return {
      code: "other-nonce",
      message: "the stamp does not answer this request: its nonce is another one",
    };
  return undefined;
}

/** The signed attributes must say that it is a stamp, and this one. */
function whyNotSigned({ signer, infoBytes }: Token): StampFault | undefined {
  const contentType = onlyValue(signer, ids.contentType);
  if (contentType?.tag !== tags.objectId || objectIdOf(contentType) !== ids.timeStampInfo)
    return { code: "signature", message: "what was signed does not say that it is a time stamp" };
  if (signer.digest === undefined)
    return { code: "algorithm", message: "signed over a digest that is unknown here" };
  const digest = onlyValue(signer, ids.messageDigest);
  if (digest?.tag !== tags.octetString || !sameBytes(digest.content, digestBytes(signer.digest, infoBytes)))
    return { code: "signature", message: "what was signed is another stamp" };
  return undefined;
}

function onlyValue(signer: SignerInfo, id: string): DerValue | undefined {
  const values = signer.attributes.get(id) ?? [];
  return values.length === 1 ? values[0] : undefined;
}

function signerOf({ signer, certificates }: Token): Certificate | undefined {
  const { issuerAndSerial, subjectKeyId } = signer;
  return certificates.find((certificate) =>
    issuerAndSerial === undefined
      ? certificate.subjectKeyId !== undefined &&
        subjectKeyId !== undefined &&
        sameBytes(certificate.subjectKeyId, subjectKeyId)
      : sameBytes(certificate.issuer, issuerAndSerial.issuer) &&
        sameBytes(certificate.serial, issuerAndSerial.serial),
  );
}

/** RFC 3161 section 2.3: a key for time stamping and for nothing else, marked critical. */
function whyNotAuthority({ info }: Token, signer: Certificate): StampFault | undefined {
  const usage = signer.extendedKeyUsage;
  if (usage === undefined || usage.purposes.length !== 1 || usage.purposes[0] !== PURPOSE_TIME_STAMPING)
    return {
      code: "purpose",
      message: `the certificate of ${signer.subjectWords} is not for time stamping alone`,
    };
  if (!usage.critical)
    return {
      code: "purpose",
      message: `the certificate of ${signer.subjectWords} does not insist on its purpose`,
    };
  if (
    signer.keyUsage !== undefined &&
    (signer.keyUsage & (KEY_USAGE.digitalSignature | KEY_USAGE.nonRepudiation)) === 0
  )
    return { code: "purpose", message: `the key of ${signer.subjectWords} is not for signatures` };
  if (signer.unknownCritical.length > 0)
    return {
      code: "purpose",
      message: `the certificate of ${signer.subjectWords} has critical extensions that are unknown here: ${signer.unknownCritical.join(", ")}`,
    };
  const expired = whyNotValid(signer, info.at);
  return expired === undefined ? undefined : { code: "validity", message: expired };
}

/** The certificate's own digest is signed with the stamp (RFC 2634, RFC 5816), so that no other can be put in its place. */
function whyNotBound({ signer }: Token, certificate: Certificate): StampFault | undefined {
  const wrong: StampFault = { code: "signature", message: "the stamp was signed for another certificate" };
  const newer = onlyValue(signer, ids.signingCertificateV2);
  const older = onlyValue(signer, ids.signingCertificate);
  const value = newer ?? older;
  if (value === undefined) return { code: "signature", message: "the stamp does not name its certificate" };
  try {
    const [list] = childrenOf(value);
    const [first] = list === undefined ? [] : childrenOf(list);
    const members = first === undefined ? [] : childrenOf(first);
    let digest: DigestName | "sha1" | undefined = newer === undefined ? "sha1" : "sha256";
    if (newer !== undefined && members[0]?.tag === tags.sequence) {
      digest = digestNameOf(algorithmOf(members[0]));
      members.shift();
    }
    if (digest === undefined)
      return { code: "algorithm", message: "its certificate is named by an unknown digest" };
    const named = members[0];
    return named?.tag === tags.octetString && sameBytes(named.content, digestBytes(digest, certificate.der))
      ? undefined
      : wrong;
  } catch (error) {
    if (error instanceof DerError) return wrong;
    throw error;
  }
}

function whyNotHeld({ signer }: Token, certificate: Certificate): StampFault | undefined {
  const outcome = checkSignatureOf(signer.signedAttributes, signer.signature, {
    spki: certificate.spki,
    algorithm: signer.algorithm,
    ...(signer.digest === undefined ? {} : { digest: signer.digest }),
  });
  if (outcome === "holds") return undefined;
  return outcome === "unknown"
    ? { code: "algorithm", message: `its signature cannot be checked here (${signer.algorithm.id})` }
    : { code: "signature", message: `the signature of ${certificate.subjectWords} does not hold` };
}
