/** The workspace's private keys beside what the log says of their public halves. */
import { createPublicKey } from "node:crypto";
import { ProblemError, type Result } from "@countersign/kernel";
import {
  foldKeys,
  formatVerifierKey,
  newestKey,
  openUnderChain,
  publicKeyOf,
  signCheckpointWithAll,
  verifierOf,
  type ChainKey,
  type Checkpoint,
  type KeyChain,
} from "@countersign/ledger";
import type { KeyPurpose } from "@countersign/records";
import type { CheckpointSigner, KeyRing } from "./ports/index.ts";

/** A checkpoint under the keys that had to sign it, whatever was revoked since. */
export function openAsSigned(note: string, chain: KeyChain): Result<Checkpoint, string> {
  const log = chain.log.map((key) => ({ ...key, revokedFrom: undefined }));
  return openUnderChain(note, { ...chain, log });
}

export class WorkspaceKeys implements CheckpointSigner {
  readonly origin: string;
  readonly ring: KeyRing;
  #chain: KeyChain = { log: [], attestation: [] };

  constructor(origin: string, ring: KeyRing) {
    this.origin = origin;
    this.ring = ring;
  }

  /** Whether the log's keys are elsewhere: nothing can be signed here, and so nothing recorded. */
  get absent(): boolean {
    return this.#chain.log.length > 0 && this.ring.privateKeys("log").length === 0;
  }

  /** As the log's records said when they were last read. */
  get chain(): KeyChain {
    return this.#chain;
  }

  follow(chain: KeyChain): void {
    this.#chain = chain;
  }

  /** The newest log key as a verifier key: what auditors are given. */
  get logKey(): string {
    return this.newest("log").key;
  }

  /** The newest attestation key: DER SPKI in base64. */
  get attestationKey(): string {
    return this.newest("attestation").key;
  }

  get attestationPem(): string {
    const pem = this.privateKey("attestation", this.attestationKey);
    if (pem !== undefined) return pem;
    throw new ProblemError({
      code: "no-attestation-key",
      what: "this workspace does not hold the newest attestation key, and cannot sign a package",
      next: "restore keys/ of the workspace that made it",
    });
  }

  /** With every log key that is here: readers ignore those that do not count, and need all that do. */
  sign(checkpoint: Checkpoint): string {
    const pems = this.ring.privateKeys("log");
    if (pems.length > 0) return signCheckpointWithAll(checkpoint, pems);
    throw new ProblemError({
      code: "no-log-key",
      what: "this workspace holds no log key, and cannot sign a checkpoint",
      next: "restore keys/ of the workspace that made the log",
    });
  }

  /** A checkpoint of this log, under the keys that count at its size. */
  open(note: string): Result<Checkpoint, string> {
    return openUnderChain(note, this.#chain);
  }

  /** The same, as it was when it was signed: what the log published before it revoked a key is still what it published. */
  openAsSigned(note: string): Result<Checkpoint, string> {
    return openAsSigned(note, this.#chain);
  }

  newest(purpose: KeyPurpose): ChainKey {
    const newest = newestKey(this.#chain, purpose);
    if (newest === undefined) throw new Error("the log's keys were asked for before it was opened");
    return newest;
  }

  privateKey(purpose: KeyPurpose, key: string): string | undefined {
    return this.ring.privateKeys(purpose).find((pem) => this.publicText(purpose, pem) === key);
  }

  /** As records spell the public half. */
  publicText(purpose: KeyPurpose, pem: string): string {
    if (purpose === "log") return formatVerifierKey(verifierOf(this.origin, publicKeyOf(pem)));
    return createPublicKey(pem).export({ format: "der", type: "spki" }).toString("base64");
  }

  /** The first keys of a new log, made when there are none. */
  begin(): { readonly logKey: string; readonly attestationKey: string } {
    const log = this.publicText("log", this.ring.first("log"));
    const attestation = this.publicText("attestation", this.ring.first("attestation"));
    this.follow(foldKeys([{ kind: "created", index: 0, log, attestation }]).chain);
    return { logKey: log, attestationKey: attestation };
  }
}
