/** From which date on the log is tamper-evident, and toward whom: the records of its anchors, in order of strength. */
import type { Instant } from "@countersign/kernel";
import type { StateRow } from "@countersign/records";
import type { LogState } from "../log-state.ts";

export type AnchorRow = StateRow<"checkpoint.anchored">;

export type Protection = {
  /** The earliest anchor whose time somebody outside said and signed. */
  readonly since: Instant | undefined;
  /** Everybody who holds something, with the first and the newest time. */
  readonly holders: readonly Holder[];
};

export type Holder = {
  readonly kind: "time-stamp" | "cosignature" | "letter";
  readonly toward: string;
  readonly since: Instant;
  readonly newest: Instant;
  /** Records under the newest. */
  readonly size: number;
  /** Of letters: whether management recorded one as mailed, or only as written. */
  readonly mailed: boolean;
};

export function protectionOf(log: LogState): Protection {
  const holders = new Map<string, Holder>();
  for (const { body } of log.rows("checkpoint.anchored")) {
    const key = `${body.kind} ${body.toward}`;
    const known = holders.get(key);
    const { at } = body.at;
    const size = body.checkpoint.size;
    holders.set(key, {
      kind: body.kind,
      toward: body.toward,
      since: known === undefined || at < known.since ? at : known.since,
      newest: known === undefined || at > known.newest ? at : known.newest,
      size: Math.max(size, known?.size ?? 0),
      mailed: body.handedBy === "mail" || known?.mailed === true,
    });
  }
  const all = [...holders.values()];
  const signed = all.filter(({ kind }) => kind !== "letter").map(({ since }) => since);
  return { since: signed.sort()[0], holders: all };
}

/** One sentence for each holder. */
export function holderWords(holder: Holder): string {
  const since = holder.since.slice(0, 10);
  const upTo = `${holder.size} records by ${holder.newest.slice(0, 10)}`;
  switch (holder.kind) {
    case "time-stamp":
      return `time stamp of ${holder.toward} since ${since}, ${upTo}: toward whoever trusts that authority`;
    case "cosignature":
      return `cosigned by ${holder.toward} since ${since}, ${upTo}: toward whoever trusts that witness`;
    case "letter":
      return holder.mailed
        ? `mailed to the ${holder.toward} since ${since}, ${upTo}: toward the ${holder.toward}, who must have kept it; only management recorded that it was sent`
        : `letter written for the ${holder.toward} since ${since}, ${upTo}: nothing is known of its being sent`;
  }
}
