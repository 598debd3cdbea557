/** Which anchors a month owes: one for each target. The month is that of the program's time zone. */
import { localDateAt, type EpochMs, type TimeZone } from "@countersign/kernel";
import type { Anchors } from "@countersign/program";
import type { LogState } from "../log-state.ts";

export type AnchorKind = "time-stamp" | "cosignature" | "letter";

export type DueAnchor = { readonly target: string; readonly kind: AnchorKind; readonly period: string };

export function periodAt(zone: string, now: EpochMs): string {
  return localDateAt(zone as TimeZone, now).slice(0, 7);
}

export function targetsOf(
  anchors: Anchors,
): readonly { readonly target: string; readonly kind: AnchorKind }[] {
  return [
    ...anchors.witnesses.map(({ id }) => ({ target: id, kind: "cosignature" as const })),
    ...anchors.timeStamps.map(({ id }) => ({ target: id, kind: "time-stamp" as const })),
    ...anchors.letters.map(({ to }) => ({ target: to, kind: "letter" as const })),
  ];
}

/** What no record of this month has done yet. */
export function dueAnchors(log: LogState, anchors: Anchors, period: string): readonly DueAnchor[] {
  const done = new Set(
    log
      .rows("checkpoint.anchored")
      .filter(({ body }) => body.period === period)
      .map(({ body }) => body.target),
  );
  return targetsOf(anchors)
    .filter(({ target }) => !done.has(target))
    .map((each) => ({ ...each, period }));
}
