/** A Sigstore instance on this machine, as a company may run one: an authority, time stamps, and no log. */
import { X509Certificate, sign } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Certificates, openssl, type Issued } from "../anchors/certificates.ts";
import { reply } from "../anchors/authority.ts";

export class Instance {
  readonly certificates: Certificates;
  readonly #stamping: Issued;

  constructor(folder: string) {
    this.certificates = new Certificates(folder);
    this.#stamping = this.certificates.issue("stamping", "stamping");
  }

  trustedRoot(): string {
    const chain = (...issued: Issued[]) => ({
      certificates: issued.map(({ pem }) => ({ rawBytes: new X509Certificate(pem).raw.toString("base64") })),
    });
    const validFor = { start: "2020-01-01T00:00:00Z" };
    return JSON.stringify({
      mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
      certificateAuthorities: [{ certChain: chain(this.certificates.root), validFor }],
      timestampAuthorities: [{ certChain: chain(this.#stamping, this.certificates.root), validFor }],
      tlogs: [],
      ctlogs: [],
    });
  }

  /** @returns a bundle over an in-toto statement, stamped now by openssl. */
  bundle(signer: Issued, statement: unknown): string {
    const payload = Buffer.from(JSON.stringify(statement));
    const type = "application/vnd.in-toto+json";
    const encoded = Buffer.concat([Buffer.from(`DSSEv1 ${type.length} ${type} ${payload.length} `), payload]);
    const signature = sign("sha256", encoded, signer.keyPem);
    return JSON.stringify({
      mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
      verificationMaterial: {
        certificate: { rawBytes: new X509Certificate(signer.pem).raw.toString("base64") },
        timestampVerificationData: { rfc3161Timestamps: [{ signedTimestamp: this.#stamp(signature) }] },
      },
      dsseEnvelope: {
        payload: payload.toString("base64"),
        payloadType: type,
        signatures: [{ sig: signature.toString("base64") }],
      },
    });
  }

  #stamp(bytes: Uint8Array): string {
    const { folder } = this.certificates;
    writeFileSync(join(folder, "to-stamp"), bytes);
    const query = openssl(
      folder,
      "ts",
      "-query",
      "-config",
      "openssl.cnf",
      "-data",
      "to-stamp",
      "-sha256",
      "-cert",
    );
    return Buffer.from(reply(this.certificates, this.#stamping, query)).toString("base64");
  }
}
