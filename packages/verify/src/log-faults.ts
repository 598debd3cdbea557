/** What can be wrong with an exported log, or with one record's proof. */
import type { TiledLogFaultCode } from "@countersign/ledger";
import type { FaultCode } from "./faults.ts";

export type LogFault = {
  readonly code:
    | TiledLogFaultCode
    | FaultCode
    /** Not signed as the reader's policy asks. */
    | "policy"
    /** A proof file that cannot be read, or that leads from other bytes. */
    | "proof";
  /** A file of the log, a record by its index, or what the reader gave. */
  readonly where: string;
  readonly message: string;
};

/** What the reader brings along, for a log and for a proof; as for a package. */
export type LogTrust = {
  readonly since?: readonly {
    readonly name: string;
    readonly note: string;
    readonly stamp?: Uint8Array;
  }[];
  /** A verifier key of the log or its fingerprint, got by another way. */
  readonly logKey?: string;
  /** PEM. */
  readonly timeStampRoots?: readonly { readonly name: string; readonly pem: string }[];
  /** A tlog-policy file. The checkpoint must be signed and cosigned as it says. */
  readonly policy?: { readonly name: string; readonly text: Uint8Array | string };
};
