/** The workspace's keys: one Ed25519 key for the log, one ECDSA P-256 key for statements, in files that only their owner reads. */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomUUID,
  type KeyObject,
} from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { ProblemError } from "@countersign/kernel";
import { makeDirectory, syncDirectory } from "./directories.ts";

export type KeyFiles = {
  /** PKCS #8 PEM. Never printed, never recorded. */
  readonly logKeyPem: string;
  readonly attestationKeyPem: string;
  /** Whether this call made them. */
  readonly made: boolean;
};

export function openKeyFiles(directory: string): KeyFiles {
  makeDirectory(directory);
  const log = keyFile(join(directory, "log.pem"), () => generateKeyPairSync("ed25519").privateKey);
  const attestation = keyFile(
    join(directory, "attestation.pem"),
    () => generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey,
  );
  return { logKeyPem: log.pem, attestationKeyPem: attestation.pem, made: log.made || attestation.made };
}

function keyFile(path: string, generate: () => KeyObject): { pem: string; made: boolean } {
  if (!existsSync(path)) {
    const pem = generate().export({ format: "pem", type: "pkcs8" }) as string;
    // Whole or not at all: written beside its place and linked into it; whoever links first, that key is the one.
    // A name of its own: one that a killed process left must not stop a later one, and in a container all have one pid.
    const beside = `${path}.${randomUUID()}.new`;
    const file = openSync(beside, "wx", 0o600);
    writeSync(file, pem);
    fsyncSync(file);
    closeSync(file);
    try {
      linkSync(beside, path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") return keyFile(path, generate);
      throw error;
    } finally {
      unlinkSync(beside);
    }
    syncDirectory(join(path, ".."));
    return { pem, made: true };
  }
  if (process.platform !== "win32" && (statSync(path).mode & 0o077) !== 0)
    throw new ProblemError({
      code: "key-permissions",
      what: "a private key can be read by others",
      where: path,
      next: `chmod 600 ${JSON.stringify(path)}, and consider who may have read it`,
    });
  const pem = readFileSync(path, "utf8");
  try {
    createPublicKey(createPrivateKey(pem));
  } catch (error) {
    throw new ProblemError(
      {
        code: "key-unreadable",
        what: "a private key is damaged",
        where: path,
        next: "restore it from a backup",
      },
      { cause: error },
    );
  }
  return { pem, made: false };
}
