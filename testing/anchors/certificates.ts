/** A root, and certificates under it, made with openssl: of a time stamping authority as it should be, and of others. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export function openssl(folder: string, ...args: readonly string[]): Buffer {
  const { status, stdout, stderr } = spawnSync("openssl", args, { cwd: folder });
  if (status !== 0) throw new Error(`openssl ${args.join(" ")}: ${stderr.toString()}`);
  return stdout;
}

const SECTIONS = `
[stamping]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
subjectKeyIdentifier = hash
[stamping-easy]
extendedKeyUsage = timeStamping
[stamping-more]
extendedKeyUsage = critical, timeStamping, codeSigning
[web]
extendedKeyUsage = critical, serverAuth
[mute]
keyUsage = critical, keyEncipherment
extendedKeyUsage = critical, timeStamping
[odd]
extendedKeyUsage = critical, timeStamping
nameConstraints = critical, permitted;DNS:example.com
[authority]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign
[leaf]
basicConstraints = critical, CA:false
[person]
keyUsage = critical, digitalSignature
extendedKeyUsage = codeSigning
subjectAltName = email:bo@small.example
1.3.6.1.4.1.57264.1.8 = ASN1:UTF8String:https://login.small.example
[two-persons]
extendedKeyUsage = codeSigning
subjectAltName = email:bo@small.example, email:cy@small.example
[no-code]
extendedKeyUsage = clientAuth
subjectAltName = email:bo@small.example
`;

const CONFIG = `
[req]
distinguished_name = name
prompt = no
[name]
CN = nobody
${SECTIONS}
[ca]
default_ca = ca_any
[ca_any]
database = index.txt
serial = serial
new_certs_dir = .
default_md = sha256
policy = any
unique_subject = no
rand_serial = yes
[any]
commonName = supplied
[tsa]
default_tsa = tsa_any
[tsa_any]
serial = stamps
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_chain = no
`;

export type KeyKind = "rsa" | "p256" | "p384";

export type Issued = {
  readonly name: string;
  /** Paths inside the folder. */
  readonly certificate: string;
  readonly key: string;
  readonly pem: string;
  readonly keyPem: string;
};

/** Makes certificates in a folder of its own, all under one root. */
export class Certificates {
  readonly folder: string;
  readonly root: Issued;

  constructor(folder: string, rootName = "Test Root") {
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "openssl.cnf"), CONFIG);
    writeFileSync(join(folder, "index.txt"), "");
    this.#makeKey("root", "p256");
    openssl(
      folder,
      ...["req", "-new", "-config", "openssl.cnf", "-key", "root.key", "-subj", `/CN=${rootName}`],
      ...["-out", "root.csr"],
    );
    // By `ca` and not by `req -x509`, which would have the certificate begin today.
    openssl(
      folder,
      ...["ca", "-batch", "-selfsign", "-config", "openssl.cnf", "-extensions", "authority", "-notext"],
      ...["-keyfile", "root.key", "-startdate", "20200101000000Z", "-enddate", "20491231000000Z"],
      ...["-in", "root.csr", "-out", "root.pem"],
    );
    this.root = this.#issued("root");
  }

  /** @param validity as openssl ca writes times: 20200101000000Z. */
  issue(
    name: string,
    section: string,
    options: {
      readonly kind?: KeyKind;
      readonly by?: Issued;
      readonly validity?: readonly [string, string];
    } = {},
  ): Issued {
    const { folder } = this;
    const by = options.by ?? this.root;
    const [from, until] = options.validity ?? ["20200101000000Z", "20491231000000Z"];
    this.#makeKey(name, options.kind ?? "p256");
    openssl(
      folder,
      ...["req", "-new", "-config", "openssl.cnf", "-key", `${name}.key`, "-subj", `/CN=${name}`],
      ...["-out", `${name}.csr`],
    );
    openssl(
      folder,
      ...["ca", "-batch", "-config", "openssl.cnf", "-extensions", section, "-notext"],
      ...["-cert", by.certificate, "-keyfile", by.key, "-startdate", from, "-enddate", until],
      ...["-in", `${name}.csr`, "-out", `${name}.pem`],
    );
    return this.#issued(name);
  }

  #makeKey(name: string, kind: KeyKind): void {
    const kinds = {
      rsa: ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
      p256: ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
      p384: ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
    };
    openssl(this.folder, "genpkey", ...kinds[kind], "-out", `${name}.key`);
  }

  #issued(name: string): Issued {
    const read = (file: string) => readFileSync(join(this.folder, file), "utf8");
    const [certificate, key] = [`${name}.pem`, `${name}.key`];
    return { name, certificate, key, pem: read(certificate), keyPem: read(key) };
  }
}
