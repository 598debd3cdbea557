/** A company whose keys are rotated, retired and revoked after its story, and the package that it makes then. */
import { createPublicKey } from "node:crypto";
import {
  formatVerifierKey,
  leafHash,
  publicKeyOf,
  signCheckpointWithAll,
  TreeHasher,
  verifierOf,
} from "@countersign/ledger";
import {
  ATTESTATION_KEY_PATH,
  CHECKPOINT_PATH,
  handoverPath,
  LOG_KEY_PATH,
  publicKeyPem,
  spkiOf,
} from "@countersign/package-format";
import { makeKeys, now, tellStory, type Keys, type Story } from "./company.ts";
import { contentsOf, seal, type Files } from "./pack.ts";

export class RotatingCompany {
  readonly story: Story;
  /** Oldest first: what the workspace ever held. */
  readonly logPems: string[];
  attestationPem: string;
  #attestation: string;

  constructor(keys: Keys = makeKeys()) {
    this.story = tellStory("acme", keys);
    this.logPems = [keys.logPem];
    this.attestationPem = keys.attestationPem;
    this.#attestation = spkiText(keys.attestationPem);
  }

  get size(): number {
    return this.story.company.records.length;
  }

  keyOf(logPem: string): string {
    return formatVerifierKey(verifierOf(this.story.company.origin, publicKeyOf(logPem)));
  }

  rotateLog(pem = makeKeys().logPem): string {
    const replaces = this.keyOf(this.logPems.at(-1) ?? "");
    this.logPems.push(pem);
    this.#add("key.rotated", { purpose: "log", key: this.keyOf(pem), replaces, overlapUntil: now });
    return pem;
  }

  rotateAttestation(): void {
    const pem = makeKeys().attestationPem;
    const [key, replaces] = [spkiText(pem), this.#attestation];
    this.attestationPem = pem;
    this.#attestation = key;
    this.#add("key.rotated", { purpose: "attestation", key, replaces, overlapUntil: now });
  }

  retireLog(pem: string): void {
    this.#add("key.retired", { purpose: "log", key: this.keyOf(pem), privateKey: "deleted" });
  }

  revokeLog(pem: string, fromSize: number): void {
    this.#add("key.revoked", {
      ...{ purpose: "log", key: this.keyOf(pem), fromSize },
      ...{ reason: "the laptop was stolen", person: "p_000000000000000000000000" },
    });
  }

  /** For the attestation key that was in use before the newest. */
  end(type: "key.retired" | "key.revoked", pem: string, fromSize = 0): void {
    const body = { purpose: "attestation", key: spkiText(pem) };
    if (type === "key.retired") this.#add(type, { ...body, privateKey: "deleted" });
    else this.#add(type, { ...body, fromSize, reason: "leaked", person: "p_000000000000000000000000" });
  }

  grow(records = 1): void {
    for (let i = 0; i < records; i++) this.#add("thing.else", { i });
  }

  checkpoint(pems: readonly string[], size = this.size): string {
    const tree = new TreeHasher();
    const { records, origin } = this.story.company;
    for (const record of records.slice(0, size)) tree.append(leafHash(Buffer.from(record)));
    return signCheckpointWithAll({ origin, size, root: tree.root() }, pems);
  }

  /** @param checkpoint absent: the newest key's alone. */
  pack(
    handovers: readonly string[],
    checkpoint = this.checkpoint(this.logPems.slice(-1)),
    change: (files: Files) => void = () => {},
    attestationPem = this.attestationPem,
  ): Files {
    const files = contentsOf(this.story, { partMax: 3000 });
    const logKey = this.keyOf(this.logPems.at(-1) ?? "");
    files.set(LOG_KEY_PATH, Buffer.from(`${logKey}\n`));
    files.set(CHECKPOINT_PATH, Buffer.from(checkpoint));
    files.set(ATTESTATION_KEY_PATH, Buffer.from(publicKeyPem(createPublicKey(attestationPem))));
    for (const [position, note] of handovers.entries())
      files.set(handoverPath(position + 1), Buffer.from(note));
    change(files);
    return seal(this.story, files, { predicate: { logKey }, attestationPem });
  }

  #add(type: string, body: unknown): void {
    this.story.company.add(type, body);
  }
}

function spkiText(pem: string): string {
  return Buffer.from(spkiOf(createPublicKey(pem))).toString("base64");
}
