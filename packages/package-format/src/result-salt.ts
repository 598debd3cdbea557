/**
 * Salts of result lines. They are derived, so that whoever re-performs a run gets the same leaves and the same root.
 */
import { derivedSalt, SALT_BYTES } from "@countersign/ledger";
import type { ItemLine } from "@countersign/records";

/** For a result about an item: drawn from the salt of the item's own line. Of an erased line, only its leaf is left. */
export function itemResultSalt(line: ItemLine): string {
  return "erased" in line ? line.erased.slice(0, SALT_BYTES * 2) : derivedSalt(line.salt, "result");
}

/** For a result about a period or a state, which has no item line. */
export function occurrenceResultSalt(occurrence: {
  readonly control: string;
  readonly activity: string;
  readonly id: string;
  /** The evidence record that satisfied it. */
  readonly evidence?: string;
}): string {
  const { control, activity, id, evidence } = occurrence;
  return derivedSalt(evidence ?? "none", `${control}/${activity}/${id}`);
}
