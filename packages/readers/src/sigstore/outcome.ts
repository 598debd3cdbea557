/** What a verification comes to. "Unknown" is neither of the others: what was given does not suffice to tell. */
import type { Digest, Instant } from "@countersign/kernel";
import type { Statement } from "../in-toto/statement.ts";
import type { BundleVersion } from "./read-bundle.ts";

/** Whom the caller demands as the signer. An asterisk of `identity` stands for any text. */
export type Policy = { readonly identity?: string; readonly issuer?: string };

/** The thing that was signed, as the caller holds it: hex digests by algorithm, and its bytes where they fit in memory. */
export type Artifact = {
  readonly digests: { readonly [algorithm in "sha256" | "sha512"]: string };
  /** Read only where a signature is over the bytes themselves. */
  readonly bytes?: () => Uint8Array;
};

export type Signer =
  | {
      readonly kind: "certificate";
      /** The certificate's only alternative name: a workflow's address, or a person's. */
      readonly name: { readonly form: "email" | "uri" | "other"; readonly text: string };
      /** Who vouched for the name: the OpenID Connect issuer that the certificate names. */
      readonly issuer?: string;
      /** What a build's certificate says of its source. */
      readonly sourceRepository?: string;
      readonly sourceRevision?: string;
    }
  | {
      readonly kind: "key";
      /** SHA-256 of the key that the caller gave, as DER (SubjectPublicKeyInfo). */
      readonly fingerprint: Digest;
      /** The bundle's own name for the key: nothing signs it. */
      readonly hint: string;
    };

export type SignedAt = { readonly at: Instant; readonly by: "log" | "authority" };

export type Entry = {
  /** Hex of the log's id. */
  readonly log: string;
  /** The index that the log signed: of the promise, else of the proof. */
  readonly index: string;
};

/** Which part of what was signed the caller's artifact is. */
export type Match =
  | {
      readonly kind: "subject" | "file";
      readonly name: string;
      readonly algorithm: string;
      readonly hex: string;
    }
  | { readonly kind: "whole"; readonly algorithm: string; readonly hex: string };

export type Signed =
  | { readonly kind: "statement"; readonly statement: Statement }
  /** The artifact's own bytes, without a statement. */
  | { readonly kind: "artifact" };

export type Verified = {
  readonly state: "verified";
  readonly version: BundleVersion;
  readonly signer: Signer;
  /** What the policy demanded of the signer, and was met. Empty: nobody's identity was demanded. */
  readonly demanded: Policy;
  /** Earliest first. Empty for a key's signature that no log and no authority has seen: nobody says when. */
  readonly times: readonly SignedAt[];
  readonly entries: readonly Entry[];
  readonly signed: Signed;
  /** Absent: no artifact was given, and only what the statement says of it is known. */
  readonly artifact?: Match;
};

export type RefusedReason =
  "form" | "certificate" | "key" | "log" | "time" | "signature" | "signer" | "statement" | "artifact";

export type UnknownReason =
  /** The trusted root names no authority, log or time stamping authority at all for something the bundle relies on. */
  "root-lacks" | "no-root" | "no-key" | "no-artifact" | "algorithm" | "payload-type";

export type Outcome =
  | Verified
  | {
      readonly state: "refused";
      readonly reason: RefusedReason;
      /** Path of the member in the bundle, or what else was looked at. */
      readonly at: string;
      readonly why: string;
    }
  | { readonly state: "unknown"; readonly reason: UnknownReason; readonly at: string; readonly why: string };

export function refused(reason: RefusedReason, at: string, why: string): Outcome {
  return { state: "refused", reason, at, why };
}

export function unknown(reason: UnknownReason, at: string, why: string): Outcome {
  return { state: "unknown", reason, at, why };
}
