/** Writes time stamps by hand, with one thing wrong where a test asks for it: openssl refuses to make most of these. */
import { createHash, createPrivateKey, sign } from "node:crypto";
import type { Issued } from "./certificates.ts";

const der = (tag: number, ...contents: readonly Uint8Array[]): Buffer => {
  const content = Buffer.concat(contents);
  const { length } = content;
  const head =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...head]), content]);
};
const sequence = (...contents: readonly Uint8Array[]) => der(0x30, ...contents);
const integer = (...bytes: readonly number[]) => der(0x02, Buffer.from(bytes));

function oid(dotted: string): Buffer {
  const [a = 0, b = 0, ...rest] = dotted.split(".").map(Number);
  const bytes = [a * 40 + b, ...rest].flatMap((part) => {
    const groups = [part & 0x7f];
    for (let more = Math.floor(part / 128); more > 0; more = Math.floor(more / 128))
      groups.unshift((more & 0x7f) | 0x80);
    return groups;
  });
  return der(0x06, Buffer.from(bytes));
}

const SHA256 = sequence(oid("2.16.840.1.101.3.4.2.1"));
const INFO = oid("1.2.840.113549.1.9.16.1.4");

export type Forgery = {
  readonly signer: Issued;
  readonly message: Uint8Array;
  /** Content bytes of the integer. */
  readonly nonce?: Uint8Array | undefined;
  /** "20260301120000Z" */
  readonly at?: string;
  /** Certificates that come along; the signer's own unless the test says otherwise. */
  readonly along?: readonly Issued[];
  /** Whom the signed attributes name; the signer unless the test says otherwise. */
  readonly named?: Issued;
  readonly status?: number;
  readonly tokenless?: boolean;
  /** The digest of another stamp among the signed attributes. */
  readonly otherDigest?: boolean;
  readonly without?: "contentType" | "messageDigest" | "signingCertificate";
  readonly criticalExtension?: boolean;
  readonly contentId?: string;
  readonly twoSigners?: boolean;
};

export function forge(forgery: Forgery): Buffer {
  const status = sequence(integer(forgery.status ?? 0));
  return forgery.tokenless === true ? sequence(status) : sequence(status, token(forgery));
}

function token(forgery: Forgery): Buffer {
  const { signer } = forgery;
  const info = infoOf(forgery);
  const along = (forgery.along ?? [signer]).map(derOfPem);
  const signed = signerInfo(forgery, info);
  const content = sequence(
    forgery.contentId === undefined ? INFO : oid(forgery.contentId),
    der(0xa0, der(0x04, info)),
  );
  const signers = forgery.twoSigners === true ? [signed, signed] : [signed];
  const message = sequence(
    integer(3),
    der(0x31, SHA256),
    content,
    ...(along.length === 0 ? [] : [der(0xa0, ...along)]),
    der(0x31, ...signers),
  );
  return sequence(oid("1.2.840.113549.1.7.2"), der(0xa0, message));
}

function infoOf({ message, nonce, at, criticalExtension }: Forgery): Buffer {
  const imprint = sequence(SHA256, der(0x04, createHash("sha256").update(message).digest()));
  const extension = sequence(
    oid("1.2.3.4.5"),
    der(0x01, Buffer.from([0xff])),
    der(0x04, Buffer.from([5, 0])),
  );
  return sequence(
    integer(1),
    oid("1.2.3.4.1"),
    imprint,
    integer(7),
    der(0x18, Buffer.from(at ?? "20260301120000Z")),
    ...(nonce === undefined ? [] : [der(0x02, nonce)]),
    ...(criticalExtension === true ? [der(0xa1, extension)] : []),
  );
}

function signerInfo(forgery: Forgery, info: Buffer): Buffer {
  const { signer } = forgery;
  const attribute = (id: string, value: Uint8Array) => sequence(oid(id), der(0x31, value));
  const digest = createHash("sha256")
    .update(forgery.otherDigest === true ? Buffer.from("another") : info)
    .digest();
  const named = createHash("sha256")
    .update(derOfPem(forgery.named ?? signer))
    .digest();
  const attributes = {
    contentType: attribute("1.2.840.113549.1.9.3", INFO),
    messageDigest: attribute("1.2.840.113549.1.9.4", der(0x04, digest)),
    signingCertificate: attribute(
      "1.2.840.113549.1.9.16.2.47",
      sequence(sequence(sequence(der(0x04, named)))),
    ),
  };
  const kept = Object.entries(attributes)
    .filter(([name]) => name !== forgery.without)
    .map(([, bytes]) => bytes)
    .sort(Buffer.compare);
  const key = createPrivateKey(signer.keyPem);
  const signature = sign("sha256", der(0x31, ...kept), key);
  const { issuer, serial } = namesOf(derOfPem(signer));
  const algorithm = key.asymmetricKeyType === "rsa" ? "1.2.840.113549.1.1.11" : "1.2.840.10045.4.3.2";
  return sequence(
    integer(1),
    sequence(issuer, serial),
    SHA256,
    der(0xa0, ...kept),
    sequence(oid(algorithm)),
    der(0x04, signature),
  );
}

export function derOfPem({ pem }: Pick<Issued, "pem">): Buffer {
  const body = /-----BEGIN CERTIFICATE-----([^-]+)-----END/.exec(pem)?.[1] ?? "";
  return Buffer.from(body.replace(/\s/g, ""), "base64");
}

/** Issuer and serial number, as they stand in a certificate of version 3. */
function namesOf(certificate: Buffer): { readonly issuer: Buffer; readonly serial: Buffer } {
  const [body] = members(certificate);
  const [, serial, , issuer] = members(body ?? Buffer.alloc(0));
  if (serial === undefined || issuer === undefined) throw new Error("not a certificate");
  return { issuer, serial };
}

function members(value: Buffer): Buffer[] {
  const headOf = (bytes: Buffer) => {
    const first = bytes[1] ?? 0;
    const more = first < 0x80 ? 0 : first - 0x80;
    return { head: 2 + more, length: more === 0 ? first : bytes.readUIntBE(2, more) };
  };
  const found: Buffer[] = [];
  for (let at = headOf(value).head; at < value.length;) {
    const { head, length } = headOf(value.subarray(at));
    found.push(value.subarray(at, at + head + length));
    at += head + length;
  }
  return found;
}
