/** What was verified of a signed file before it became evidence (docs/formats/record.md section 5). */
import type { Digest, Instant } from "@countersign/kernel";
import type { PersonId } from "./record.ts";

export type SignerBody =
  /** Under an opaque id: the certificate names a person's address. */
  | { readonly kind: "person"; readonly person: PersonId; readonly issuer?: string }
  /** A workflow or service, by the address in its certificate. */
  | {
      readonly kind: "service";
      readonly identity: string;
      readonly issuer?: string;
      readonly sourceRepository?: string;
      readonly sourceRevision?: string;
    }
  /** A key that was given beside the bundle, by the SHA-256 of its DER. */
  | { readonly kind: "key"; readonly fingerprint: Digest };

/** Lowercase hex by algorithm. */
export type SubjectBody = {
  readonly name: string;
  readonly digests: { readonly [algorithm: string]: string };
};

export type PredicateBody =
  | {
      readonly kind: "slsa-provenance";
      readonly buildType: string;
      readonly builder: string;
      readonly sourceRepository?: string;
      readonly sourceRevision?: string;
    }
  | { readonly kind: "model-signature"; readonly method: "files" | "shards"; readonly files: number }
  /** Signed like any other, and read by nobody here. */
  | { readonly kind: "unknown"; readonly why: string };

export type StatementBody = {
  readonly predicateType: string;
  readonly predicate: PredicateBody;
  readonly subjectCount: number;
  /** The first of them, in the order of the statement; the bundle holds all. */
  readonly subjects: readonly SubjectBody[];
};

export type SignedBundleBody = {
  readonly format: "sigstore-bundle-0.1" | "sigstore-bundle-0.2" | "sigstore-bundle-0.3";
  /** As `files` names it. */
  readonly bundle: Digest;
  /** Plain SHA-256 of the trusted root's bytes, so that it can be compared with the one that is published. */
  readonly trustedRoot?: Digest;
  readonly signer: SignerBody;
  /** What was demanded of the signer, and met. Empty: nobody's identity was demanded. */
  readonly demanded: { readonly identity?: string; readonly issuer?: string };
  /** When it was signed at the latest, by the log's or an authority's clock. Empty: nobody outside says. */
  readonly times: readonly { readonly at: Instant; readonly by: "log" | "authority" }[];
  /** Places in transparency logs: hex of the log's id, and an index. */
  readonly entries: readonly { readonly log: string; readonly index: string }[];
  /** Absent for a signature over a file's own bytes. */
  readonly statement?: StatementBody;
  /** The thing itself, where it was at hand and its digest was compared. Absent: only the statement speaks of it. */
  readonly artifact?: {
    readonly kind: "subject" | "file" | "whole";
    readonly name?: string;
    readonly algorithm: string;
    readonly hex: string;
  };
};
