/**
 * The workspace's private keys as files that only their owner reads: Ed25519 for the log, ECDSA P-256 for statements.
 * The first of a purpose is `log.pem`, later ones are named by their fingerprint; no file is ever renamed into another's
 * place, so a stop between two steps leaves no time without a key.
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomUUID,
  type KeyObject,
} from "node:crypto";
import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { ProblemError } from "@countersign/kernel";
import type { KeyPurpose } from "@countersign/records";
import type { KeyRing } from "@countersign/application/ports";
import { makeDirectory, syncDirectory, writeWhole, writing } from "./directories.ts";
import { newHalt, type Halt } from "./halt.ts";

const generate: { readonly [P in KeyPurpose]: () => KeyObject } = {
  log: () => generateKeyPairSync("ed25519").privateKey,
  attestation: () => generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey,
};

/** `log.pem`, `log-0123456789abcdef.pem`; not what was set aside, and not what is being written. */
const NAMES: { readonly [P in KeyPurpose]: RegExp } = {
  log: /^log(?:-[0-9a-f]{16})?\.pem$/,
  attestation: /^attestation(?:-[0-9a-f]{16})?\.pem$/,
};

export function openKeyRing(directory: string, halt: Halt = newHalt()): KeyRing {
  makeDirectory(directory, halt);
  // A file never changes: it is read and checked once.
  const read = new Map<string, string>();
  const pemIn = (name: string): string => {
    const path = join(directory, name);
    const pem = read.get(path) ?? readKey(path);
    read.set(path, pem);
    return pem;
  };
  const names = (purpose: KeyPurpose): string[] =>
    readdirSync(directory)
      .filter((name) => NAMES[purpose].test(name))
      .sort();
  const put = (purpose: KeyPurpose, pem: string): void => {
    if (names(purpose).some((name) => pemIn(name) === pem)) return;
    writeKey(join(directory, `${purpose}-${fingerprint(pem)}.pem`), pem, halt);
  };

  return {
    privateKeys: (purpose) =>
      names(purpose).flatMap((name) => {
        try {
          return [pemIn(name)];
        } catch (error) {
          // Another process took it out of use after the folder was read.
          if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
          throw error;
        }
      }),
    first(purpose) {
      const [name] = names(purpose);
      if (name !== undefined) return pemIn(name);
      writeKey(join(directory, `${purpose}.pem`), pemOf(generate[purpose]()), halt);
      return pemIn(`${purpose}.pem`);
    },
    make(purpose) {
      const pem = pemOf(generate[purpose]());
      put(purpose, pem);
      return pem;
    },
    remove(purpose, pem, how) {
      for (const name of names(purpose)) {
        if (pemIn(name) !== pem) continue;
        const path = join(directory, name);
        read.delete(path);
        if (how === "deleted") unlinkSync(path);
        else renameSync(path, join(directory, `${purpose}-${fingerprint(pem)}.${how}.pem`));
        syncDirectory(directory, halt);
      }
    },
    put,
  };
}

function pemOf(key: KeyObject): string {
  return key.export({ format: "pem", type: "pkcs8" }) as string;
}

/** Names the file only: the first 16 hex digits of SHA-256 of the SPKI. */
function fingerprint(pem: string): string {
  const spki = createPublicKey(createPrivateKey(pem)).export({ format: "der", type: "spki" });
  return createHash("sha256").update(spki).digest("hex").slice(0, 16);
}

/**
 * Whole or not at all: written beside its place and linked into it; whoever links first, that key is the one. The name
 * beside is its own: one that a killed process left must not stop a later one, and in a container all have one pid.
 */
function writeKey(path: string, pem: string, halt: Halt): void {
  const beside = `${path}.${randomUUID()}.new`;
  const file = writing(beside, () => openSync(beside, "wx", 0o600));
  try {
    try {
      writeWhole(beside, file, Buffer.from(pem));
      halt.sync(beside, () => fsyncSync(file));
    } finally {
      closeSync(file);
    }
    writing(path, () => linkUnlessThere(beside, path));
  } finally {
    // Of a key that could not be kept nothing stays.
    unlinkSync(beside);
  }
  syncDirectory(dirname(path), halt);
}

function linkUnlessThere(from: string, path: string): void {
  try {
    linkSync(from, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

function readKey(path: string): string {
  const { mode, uid } = statSync(path);
  if (process.platform !== "win32" && (mode & 0o077) !== 0)
    throw new ProblemError({
      code: "key-permissions",
      what: "a private key can be read by others",
      where: path,
      next: `chmod 600 ${JSON.stringify(path)}, and consider who may have read it`,
    });
  // Whoever owns the file can widen its permissions. The superuser may act for the owner.
  const self = process.geteuid?.() ?? uid;
  if (self !== 0 && uid !== self)
    throw new ProblemError({
      code: "key-owner",
      what: "a private key belongs to another user",
      where: path,
      next: "give the file to the user who runs countersign, and consider who may have read it",
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
  return pem;
}
