/** From which date on a log is tamper-evident, and toward whom, in sentences. */
import type { AnchorResult } from "./anchor-check.ts";

const kinds = { "time-stamp": "time stamp", cosignature: "cosignature", letter: "letter" } as const;

/** How many records are under an anchor that the reader trusts. */
export function trustedSize(anchors: readonly AnchorResult[]): number {
  return Math.max(0, ...anchors.filter(({ outcome }) => outcome === "trusted").map(({ size }) => size));
}

export function anchorsShow(anchors: readonly AnchorResult[]): string[] {
  const trusted = anchors.filter(({ outcome }) => outcome === "trusted");
  const shows: string[] = [];
  const since = trusted.map(({ at }) => at).sort()[0];
  if (since !== undefined)
    shows.push(
      `The log is tamper-evident since ${since}: that is the time of the first anchor that you can check.`,
    );
  for (const group of groupsOf(trusted)) {
    const newest = group.toSorted((a, b) => b.size - a.size)[0];
    if (newest === undefined) continue;
    const { kind, toward, size, at } = newest;
    const whose =
      kind === "time-stamp" ? "under a root that you gave" : "a witness of the policy that you gave";
    shows.push(
      `The first ${size} records were there by ${at} and have not been rewritten since: ${kinds[kind]} of ${toward}, ${whose}.`,
    );
  }
  return shows;
}

export function anchorsDoNotShow(anchors: readonly AnchorResult[]): string[] {
  const not: string[] = [];
  for (const group of groupsOf(anchors.filter(({ outcome }) => outcome !== "trusted"))) {
    const newest = group.toSorted((a, b) => b.size - a.size)[0];
    if (newest === undefined) continue;
    const { kind, toward, size, at, why } = newest;
    not.push(
      kind === "letter"
        ? `That the ${toward} was sent the checkpoint of ${size} records on ${at}: only the company recorded it. Compare what was received (--since).`
        : `Whether the ${kinds[kind]} of ${toward} over the first ${size} records, ${at}, is worth something: not checked, ${why ?? ""}.`,
    );
  }
  const ahead = anchors.find(({ clockAhead }) => clockAhead !== undefined);
  if (ahead?.clockAhead !== undefined)
    not.push(
      `That the times in the records are right: one under the ${kinds[ahead.kind]} of ${ahead.toward} says ${ahead.clockAhead}, and that was given at ${ahead.at}. The outside time counts.`,
    );
  return not;
}

function groupsOf(anchors: readonly AnchorResult[]): readonly (readonly AnchorResult[])[] {
  const groups = new Map<string, AnchorResult[]>();
  for (const anchor of anchors) {
    const key = `${anchor.kind} ${anchor.toward} ${anchor.outcome}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [anchor]);
    else group.push(anchor);
  }
  return [...groups.values()];
}
