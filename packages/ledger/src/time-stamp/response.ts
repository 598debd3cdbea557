/** The answer of a time stamping authority (RFC 3161 section 2.4.2): a CMS message (RFC 5652) over the stamp's facts. */
import type { EpochMs } from "@countersign/kernel";
import { algorithmOf, digestNameOf, type AlgorithmId, type DigestName } from "./algorithms.ts";
import { readCertificate, type Certificate } from "./certificate.ts";
import {
  booleanOf,
  childrenOf,
  constructed,
  DerError,
  DerFields,
  expectTag,
  integerBytes,
  objectIdOf,
  readDer,
  smallInteger,
  tags,
  timeOf,
  type DerValue,
} from "./der.ts";

export const ids = {
  signedData: "1.2.840.113549.1.7.2",
  timeStampInfo: "1.2.840.113549.1.9.16.1.4",
  contentType: "1.2.840.113549.1.9.3",
  messageDigest: "1.2.840.113549.1.9.4",
  signingCertificate: "1.2.840.113549.1.9.16.2.12",
  signingCertificateV2: "1.2.840.113549.1.9.16.2.47",
} as const;

const CERTIFICATES_MAX = 16;

export type StampInfo = {
  readonly policy: string;
  readonly digest: DigestName | undefined;
  readonly imprint: Uint8Array;
  readonly serial: Uint8Array;
  readonly at: EpochMs;
  /** How far off the authority says it may be. */
  readonly accuracyMs: number | undefined;
  readonly nonce: Uint8Array | undefined;
};

export type SignerInfo = {
  readonly issuerAndSerial: { readonly issuer: Uint8Array; readonly serial: Uint8Array } | undefined;
  readonly subjectKeyId: Uint8Array | undefined;
  readonly digest: DigestName | undefined;
  /** As signed: with the tag of a set. */
  readonly signedAttributes: Uint8Array;
  readonly attributes: ReadonlyMap<string, readonly DerValue[]>;
  readonly algorithm: AlgorithmId;
  readonly signature: Uint8Array;
};

export type Token = {
  readonly info: StampInfo;
  readonly infoBytes: Uint8Array;
  readonly certificates: readonly Certificate[];
  readonly signer: SignerInfo;
};

export type Response = {
  /** 0 and 1 grant; RFC 3161 names the others. */
  readonly status: number;
  readonly words: string | undefined;
  readonly token: Token | undefined;
};

/** @throws DerError for what is not such an answer. */
export function readResponse(bytes: Uint8Array): Response {
  const outer = new DerFields(readDer(bytes), "the answer");
  const status = new DerFields(outer.next(), "the status");
  const code = smallInteger(status.next());
  const text = status.optional(tags.sequence);
  status.optional(tags.bitString);
  status.end();
  const token = outer.optional(tags.sequence);
  outer.end();
  return {
    status: code,
    words:
      text &&
      childrenOf(text)
        .map(({ content }) => printable(content))
        .join(" "),
    token: token && readToken(token),
  };
}

function printable(content: Uint8Array): string {
  return Buffer.from(content)
    .toString("utf8")
    .replace(/[\p{Cc}\p{Cf}]/gu, "\ufffd")
    .slice(0, 200);
}

function readToken(value: DerValue): Token {
  const info = new DerFields(value, "the token");
  if (objectIdOf(info.next()) !== ids.signedData) throw new DerError("the token is no signed message");
  const fields = new DerFields(onlyChild(info.next(constructed(0)), "the token"), "the signed message");
  info.end();
  smallInteger(fields.next());
  fields.next(tags.set);
  const content = new DerFields(fields.next(), "the signed content");
  if (objectIdOf(content.next()) !== ids.timeStampInfo)
    throw new DerError("the signed content is no time stamp");
  const infoBytes = expectTag(
    onlyChild(content.next(constructed(0)), "the signed content"),
    tags.octetString,
    "the signed content",
  ).content;
  content.end();
  const certificates = childrenOf(fields.optional(constructed(0)) ?? EMPTY);
  if (certificates.length > CERTIFICATES_MAX)
    throw new DerError(`more than ${CERTIFICATES_MAX} certificates`);
  fields.optional(constructed(1));
  const signers = childrenOf(fields.next(tags.set));
  fields.end();
  const [signer, ...more] = signers;
  // RFC 3161 section 2.4.2: one signature, the authority's.
  if (signer === undefined || more.length > 0) throw new DerError("not signed by exactly one");
  return {
    info: readInfo(readDer(infoBytes)),
    infoBytes,
    certificates: certificates.filter(({ tag }) => tag === tags.sequence).map(readCertificate),
    signer: readSigner(signer),
  };
}

const EMPTY: DerValue = { tag: constructed(0), bytes: new Uint8Array(), content: new Uint8Array() };

function onlyChild(value: DerValue, what: string): DerValue {
  const [child, ...more] = childrenOf(value);
  if (child === undefined || more.length > 0) throw new DerError(`${what} holds not exactly one value`);
  return child;
}

function readInfo(value: DerValue): StampInfo {
  const fields = new DerFields(value, "the stamp");
  if (smallInteger(fields.next()) !== 1) throw new DerError("a stamp of an unknown version");
  const policy = objectIdOf(fields.next());
  const imprint = new DerFields(fields.next(), "the imprint");
  const digest = digestNameOf(algorithmOf(imprint.next()));
  const hashed = imprint.next(tags.octetString).content;
  imprint.end();
  const serial = integerBytes(fields.next());
  const at = timeOf(expectTag(fields.next(), tags.generalizedTime, "the stamp's time"));
  const accuracy = fields.optional(tags.sequence);
  const ordering = fields.optional(tags.boolean);
  if (ordering !== undefined) booleanOf(ordering);
  const nonce = fields.optional(tags.integer);
  fields.optional(constructed(0));
  const extensions = fields.optional(constructed(1));
  fields.end();
  // None is defined that a reader could act on, and a critical one must not be passed over.
  if (extensions !== undefined && childrenOf(extensions).some(isCritical))
    throw new DerError("a critical extension that is unknown here");
  return {
    policy,
    digest,
    imprint: hashed,
    serial,
    at,
    accuracyMs: accuracy === undefined ? undefined : accuracyOf(accuracy),
    nonce: nonce && integerBytes(nonce),
  };
}

function isCritical(extension: DerValue): boolean {
  return childrenOf(extension).some((member) => member.tag === tags.boolean && booleanOf(member));
}

function accuracyOf(value: DerValue): number {
  const fields = new DerFields(value, "the accuracy");
  const seconds = fields.optional(tags.integer);
  const [millis, micros] = [fields.optional(0x80), fields.optional(0x81)];
  fields.end();
  const plain = (part: DerValue | undefined) =>
    part === undefined ? 0 : smallInteger({ ...part, tag: tags.integer });
  return plain(seconds) * 1000 + plain(millis) + Math.ceil(plain(micros) / 1000);
}

function readSigner(value: DerValue): SignerInfo {
  const fields = new DerFields(value, "the signer");
  smallInteger(fields.next());
  const named = fields.optional(tags.sequence);
  const keyId = named === undefined ? fields.next(0x80).content : undefined;
  const digest = digestNameOf(algorithmOf(fields.next()));
  const signed = fields.next(constructed(0));
  const algorithm = algorithmOf(fields.next());
  const signature = fields.next(tags.octetString).content;
  fields.optional(constructed(1));
  fields.end();
  return {
    issuerAndSerial: named && issuerAndSerialOf(named),
    subjectKeyId: keyId,
    digest,
    // RFC 5652 section 5.4: the signature is over the set, not over the tag that stands in the message.
    signedAttributes: Uint8Array.of(tags.set, ...signed.bytes.subarray(1)),
    attributes: attributesOf(signed),
    algorithm,
    signature,
  };
}

function issuerAndSerialOf(value: DerValue): SignerInfo["issuerAndSerial"] {
  const fields = new DerFields(value, "the signer's certificate");
  const issuer = fields.next(tags.sequence).bytes;
  const serial = integerBytes(fields.next());
  fields.end();
  return { issuer, serial };
}

function attributesOf(signed: DerValue): Map<string, readonly DerValue[]> {
  const attributes = new Map<string, readonly DerValue[]>();
  for (const attribute of childrenOf(signed)) {
    const fields = new DerFields(attribute, "a signed attribute");
    const id = objectIdOf(fields.next());
    if (attributes.has(id)) throw new DerError("a signed attribute twice");
    attributes.set(id, childrenOf(fields.next(tags.set)));
    fields.end();
  }
  return attributes;
}
