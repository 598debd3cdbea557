/** What is wrong with a package, each with its place. Verification goes on after a fault, so there can be many. */
import type { ZipFault } from "@countersign/package-format";

export type FaultCode =
  | ZipFault["code"]
  /** A file that is listed and is not there, or the other way round, or is not the one that was listed. */
  | "file-missing"
  | "file-extra"
  | "file-unreadable"
  | "file-size"
  | "file-digest"
  /** The manifest and the signature over it. */
  | "manifest"
  | "envelope"
  | "manifest-signature"
  | "statement"
  | "attestation-key"
  /** The ledger. */
  | "log-key"
  | "key-record"
  | "handover"
  | "checkpoint"
  | "checkpoint-root"
  | "record"
  | "record-twice"
  /** Something outside that the records speak of, and that does not say so. */
  | "anchor"
  | "record-organization"
  | "run"
  /** What records name. */
  | "blob-index"
  | "blob-missing"
  | "blob-unknown"
  | "blob-digest"
  | "blob-salt"
  | "blob-erasure"
  | "list-line"
  | "list-order"
  | "list-count"
  | "list-root"
  | "package-index"
  | "population-header"
  /** What the reader brought along. */
  | "key-differs"
  | "since-unreadable"
  | "trust-unreadable"
  | "fork"
  /** Two checkpoints of one size and two roots, both signed: the message is the proof. */
  | "split-view"
  | "rollback";

export type Fault = {
  readonly code: FaultCode;
  /** A path in the package, with a line where there is one; a record by its index in the log; or what the reader gave. */
  readonly where: string;
  readonly message: string;
};

/** So many of one kind are listed; more are counted. A list of a million broken lines helps nobody. */
export const FAULTS_PER_CODE = 100;

export class Faults {
  readonly #listed: Fault[] = [];
  readonly #counts = new Map<FaultCode, number>();

  add(code: FaultCode, where: string, message: string): void {
    const count = (this.#counts.get(code) ?? 0) + 1;
    this.#counts.set(code, count);
    if (count <= FAULTS_PER_CODE) this.#listed.push({ code, where, message });
  }

  get any(): boolean {
    return this.#counts.size > 0;
  }

  list(): readonly Fault[] {
    const more: Fault[] = [];
    for (const [code, count] of this.#counts)
      if (count > FAULTS_PER_CODE)
        more.push({ code, where: "package", message: `and ${count - FAULTS_PER_CODE} more of this kind` });
    return [...this.#listed, ...more];
  }
}
