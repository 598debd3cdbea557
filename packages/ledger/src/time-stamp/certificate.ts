/** X.509 certificates (RFC 5280): what a chain of a time stamping authority is judged by. */
import { err, ok, type EpochMs, type Result } from "@countersign/kernel";
import { algorithmOf, type AlgorithmId } from "./algorithms.ts";
import {
  bitStringBytes,
  booleanOf,
  childrenOf,
  constructed,
  DerError,
  DerFields,
  expectTag,
  integerBytes,
  objectIdOf,
  readDer,
  sameBytes,
  smallInteger,
  tags,
  timeOf,
  type DerValue,
} from "./der.ts";

export type Certificate = {
  readonly der: Uint8Array;
  /** What the issuer signed. */
  readonly signedPart: Uint8Array;
  readonly serial: Uint8Array;
  /** Names in DER: compared byte for byte. */
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  /** The subject for people: its common name, else its organization. */
  readonly subjectWords: string;
  readonly notBefore: EpochMs;
  readonly notAfter: EpochMs;
  readonly spki: Uint8Array;
  readonly signatureAlgorithm: AlgorithmId;
  readonly signature: Uint8Array;
  readonly isAuthority: boolean;
  readonly pathLengthMax: number | undefined;
  /** Bits of the key usage, the first one highest; undefined: not limited. */
  readonly keyUsage: number | undefined;
  readonly extendedKeyUsage: { readonly critical: boolean; readonly purposes: readonly string[] } | undefined;
  readonly subjectKeyId: Uint8Array | undefined;
  /** Critical extensions that nothing here understands: such a certificate is not relied on. */
  readonly unknownCritical: readonly string[];
};

export const KEY_USAGE = { digitalSignature: 0x80, nonRepudiation: 0x40, keyCertSign: 0x04 } as const;
export const PURPOSE_TIME_STAMPING = "1.3.6.1.5.5.7.3.8";

export function parseCertificate(der: Uint8Array): Result<Certificate, string> {
  try {
    return ok(readCertificate(readDer(der)));
  } catch (error) {
    if (error instanceof DerError) return err(`not a certificate: ${error.message}`);
    throw error;
  }
}

/** Every certificate of a PEM file. What stands between them is passed over, as other tools do. */
export function parsePemCertificates(text: string): Result<readonly Certificate[], string> {
  const found: Certificate[] = [];
  for (const [, body = ""] of text.matchAll(
    /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g,
  )) {
    const read = parseCertificate(new Uint8Array(Buffer.from(body.replace(/\s/g, ""), "base64")));
    if (!read.ok) return read;
    found.push(read.value);
  }
  return found.length === 0 ? err("no certificate in PEM is in it") : ok(found);
}

export function readCertificate(value: DerValue): Certificate {
  const outer = new DerFields(value, "a certificate");
  const signed = outer.next(tags.sequence);
  const signatureAlgorithm = algorithmOf(outer.next());
  const signature = bitStringBytes(outer.next());
  outer.end();
  const fields = new DerFields(signed, "a certificate's body");
  fields.optional(constructed(0));
  const serial = integerBytes(fields.next());
  if (!sameBytes(algorithmOf(fields.next()).der, signatureAlgorithm.der))
    throw new DerError("it names two signature algorithms");
  const issuer = fields.next(tags.sequence);
  const validity = new DerFields(fields.next(), "a validity");
  const notBefore = timeOf(validity.next());
  const notAfter = timeOf(validity.next());
  validity.end();
  const subject = fields.next(tags.sequence);
  const spki = fields.next(tags.sequence);
  fields.optional(0x81);
  fields.optional(0x82);
  const extensions = fields.optional(constructed(3));
  fields.end();
  return {
    der: value.bytes,
    signedPart: signed.bytes,
    serial,
    issuer: issuer.bytes,
    subject: subject.bytes,
    subjectWords: wordsOfName(subject),
    notBefore,
    notAfter,
    spki: spki.bytes,
    signatureAlgorithm,
    signature,
    ...readExtensions(extensions),
  };
}

type Extensions = Pick<
  Certificate,
  "isAuthority" | "pathLengthMax" | "keyUsage" | "extendedKeyUsage" | "subjectKeyId" | "unknownCritical"
>;

function readExtensions(value: DerValue | undefined): Extensions {
  const read: { -readonly [K in keyof Extensions]: Extensions[K] } = {
    isAuthority: false,
    pathLengthMax: undefined,
    keyUsage: undefined,
    extendedKeyUsage: undefined,
    subjectKeyId: undefined,
    unknownCritical: [],
  };
  if (value === undefined) return read;
  const [list, ...more] = childrenOf(value);
  if (list === undefined || more.length > 0) throw new DerError("no list of extensions");
  const unknown: string[] = [];
  const seen = new Set<string>();
  for (const extension of childrenOf(expectTag(list, tags.sequence, "the extensions"))) {
    const fields = new DerFields(extension, "an extension");
    const id = objectIdOf(fields.next());
    if (seen.has(id)) throw new DerError(`the extension ${id} twice`);
    seen.add(id);
    const marked = fields.optional(tags.boolean);
    const critical = marked !== undefined && booleanOf(marked);
    const content = fields.next(tags.octetString).content;
    fields.end();
    if (id === "2.5.29.19") Object.assign(read, basicConstraintsOf(readDer(content)));
    else if (id === "2.5.29.15") read.keyUsage = keyUsageOf(readDer(content));
    else if (id === "2.5.29.37")
      read.extendedKeyUsage = { critical, purposes: childrenOf(readDer(content)).map(objectIdOf) };
    else if (id === "2.5.29.14") read.subjectKeyId = readDer(content).content;
    // Certificate policies limit nothing here: which authority is trusted is the reader's own list.
    else if (critical && id !== "2.5.29.32") unknown.push(id);
  }
  return { ...read, unknownCritical: unknown };
}

function basicConstraintsOf(value: DerValue): Pick<Certificate, "isAuthority" | "pathLengthMax"> {
  const fields = new DerFields(value, "basic constraints");
  const authority = fields.optional(tags.boolean);
  const length = fields.optional(tags.integer);
  fields.end();
  return {
    isAuthority: authority !== undefined && booleanOf(authority),
    pathLengthMax: length === undefined ? undefined : smallInteger(length),
  };
}

function keyUsageOf(value: DerValue): number {
  const { content } = expectTag(value, tags.bitString, "a key usage");
  return content[1] ?? 0;
}

/** Common name, else organization; control characters made visible. */
function wordsOfName(name: DerValue): string {
  const found = new Map<string, string>();
  for (const group of childrenOf(name))
    for (const pair of childrenOf(group)) {
      const fields = new DerFields(pair, "a name");
      found.set(objectIdOf(fields.next()), textOf(fields.next()));
    }
  return found.get("2.5.4.3") ?? found.get("2.5.4.10") ?? "an authority without a name";
}

function textOf({ content }: DerValue): string {
  return Buffer.from(content)
    .toString("utf8")
    .replace(/[\p{Cc}\p{Cf}]/gu, "\ufffd")
    .slice(0, 200);
}
