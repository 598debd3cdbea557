/** Where private keys are kept. Which of them speaks for the log is for the log's records to say. */
import type { KeyPurpose } from "@countersign/records";

export type KeyRing = {
  /**
   * The private keys of a purpose that may sign, PKCS #8 PEM; read anew each time, so that a key which another process
   * made is among them.
   */
  privateKeys(purpose: KeyPurpose): readonly string[];
  /** The only key of a purpose, made when there is none: whoever comes first, all get the same. */
  first(purpose: KeyPurpose): string;
  /** Makes one more. It is on disk when this returns. */
  make(purpose: KeyPurpose): string;
  /** Takes a key out of use: deleted, or set aside under a name that signs nothing. */
  remove(purpose: KeyPurpose, pem: string, how: "deleted" | "kept" | "unused"): void;
  /** Puts a key from elsewhere into place. */
  put(purpose: KeyPurpose, pem: string): void;
};
