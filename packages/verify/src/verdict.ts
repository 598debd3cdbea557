/** What verification says: one word, every fault with its place, the facts, and in sentences what they show and what not. */
import type { Instant } from "@countersign/kernel";
import type { Fingerprint, OrganizationName } from "@countersign/package-format";
import type { WindowBody } from "@countersign/records";
import type { AnchorResult } from "./anchor-check.ts";
import { anchorsDoNotShow, anchorsShow, trustedSize } from "./anchor-words.ts";
import type { SinceResult } from "./brought-along.ts";
import type { Fault } from "./faults.ts";

/** A fact is undefined when the package is too damaged to tell it. */
export type PackageFacts = {
  readonly name: string | undefined;
  readonly organization: OrganizationName | undefined;
  readonly sampleData: boolean | undefined;
  readonly window: WindowBody | undefined;
  readonly createdAt: Instant | undefined;
  readonly generator: string | undefined;
  readonly run: string | undefined;
  readonly files: number;
  readonly bytes: number;
  readonly records: number;
  /** Records of types that this verifier does not know: hashed, not understood. */
  readonly recordsOfUnknownType: number;
  readonly populations: number;
  /** Items of the populations that the package shows, and result lines of its run. */
  readonly items: number;
  readonly results: number;
  readonly withheld: number;
  readonly erased: number;
  readonly erasedLines: number;
  readonly withheldLines: number;
  /** The root in base64, as the note spells it. */
  readonly checkpoint: { readonly origin: string; readonly size: number; readonly root: string } | undefined;
  readonly logKey: { readonly key: string; readonly fingerprint: Fingerprint } | undefined;
  /** Every key that the log has had, oldest first, with the index of the record that named it, and how it ended. */
  readonly logKeys: readonly {
    readonly fingerprint: Fingerprint | undefined;
    readonly record: number;
    readonly endedAt: number | undefined;
    readonly revokedFrom: number | undefined;
  }[];
  readonly attestationKey: { readonly fingerprint: Fingerprint } | undefined;
  /** When the log's first record says that it was made, by the clock of the machine that made it. */
  readonly logCreatedAt: Instant | undefined;
  readonly keyComparedByAnotherWay: boolean;
  /** How often the log key was handed over since the one that the reader compared. */
  readonly keyHandovers: number;
  readonly sinceChecked: readonly SinceResult[];
  /** Checkpoints in the hands of others: those of the package, and those that the reader brought along. */
  readonly anchors: readonly AnchorResult[];
};

export type PackageVerdict = {
  /** What is here is what was recorded. It says nothing about whether that is true, or whether the results follow. */
  readonly intact: boolean;
  readonly faults: readonly Fault[];
  readonly facts: PackageFacts;
  readonly shows: readonly string[];
  readonly doesNotShow: readonly string[];
};

export function whatItShows(facts: PackageFacts): string[] {
  const shows = [
    `Each of the ${facts.files} files is the one that was signed: none changed, missing or added.`,
    `The ledger's ${facts.records} records are those that the checkpoint was signed over, complete and in order.`,
    `The ${facts.items} items of ${facts.populations} populations and the ${facts.results} results are those that the records name.`,
  ];
  if (facts.keyHandovers > 0)
    shows.push(
      `The log key that you got by another way was replaced since (${facts.keyHandovers === 1 ? "once" : `${facts.keyHandovers} times`}), and each time the old key signed the handover to the new one. It is ${facts.logKey?.fingerprint.short} now.`,
    );
  else if (facts.keyComparedByAnotherWay) shows.push("The key is the one that you got by another way.");
  const extended = facts.sinceChecked.filter((since) => since.outcome === "extends");
  const newest = extended.toSorted((a, b) => b.size - a.size)[0];
  if (newest !== undefined)
    shows.push(`The first ${newest.size} records have not been rewritten since ${newest.name} was signed.`);
  shows.push(...anchorsShow(facts.anchors));
  return shows;
}

export function whatItDoesNotShow(facts: PackageFacts): string[] {
  const not: string[] = [];
  const covered = Math.max(
    0,
    ...facts.sinceChecked.filter((s) => s.outcome === "extends").map((s) => s.size),
  );
  if (!facts.keyComparedByAnotherWay && covered === 0)
    not.push(
      `Whose package it is: the keys came with it. Compare the log key's fingerprint, ${facts.logKey?.fingerprint.short ?? "which could not be read"}, by another way.`,
    );
  const anchored = trustedSize(facts.anchors);
  const held = Math.max(covered, anchored);
  if (held < facts.records)
    not.push(
      `${held === 0 ? "That nothing was left out or rewritten before it was signed" : `That records after the first ${held} were not rewritten`}: someone inside who holds the keys can rewrite and re-sign a log, and it cannot be told from the true one without an older checkpoint that somebody outside kept (--since).`,
    );
  not.push(
    `When the records were made${anchored === 0 ? "" : ", beyond that those under an anchor were there by its time"}: the times in them are those of the company's own clock (the log says that it was created at ${facts.logCreatedAt ?? "an unknown time"})${anchored === 0 ? ", and no witness or time stamp is checked here" : ""}.`,
    ...anchorsDoNotShow(facts.anchors),
    "That what a source said was true, or a date that a person typed.",
    "That the results follow from the items: `countersign reperform` shows that, and so does any program that follows docs/formats.",
  );
  if (facts.withheld > 0 || facts.withheldLines > 0)
    not.push(
      `What ${facts.withheld} withheld blobs and ${facts.withheldLines} withheld lines hold: they are not in this package.`,
    );
  if (facts.erased > 0 || facts.erasedLines > 0)
    not.push(`What ${facts.erased} erased blobs and ${facts.erasedLines} erased lines held.`);
  if (facts.recordsOfUnknownType > 0)
    not.push(`What ${facts.recordsOfUnknownType} records of types unknown to this verifier mean.`);
  if (facts.sampleData === true) not.push("Anything about a real company: this is sample data, invented.");
  return not;
}
