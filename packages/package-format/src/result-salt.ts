/**
 * Salts of result lines. They are derived, so that whoever re-performs the run gets the same leaves and the same root.
 */
import { derivedSalt } from "@countersign/ledger";

/** For a result about an item: drawn from the salt of the item's own line, which erasing the item also removes. */
export function itemResultSalt(itemSalt: string): string {
  return derivedSalt(itemSalt, "result");
}

/**
 * For a result about a period or a state, which has no item line.
 * @param run the run's name, as `assessment.run` gives it in `body.run`.
 */
export function occurrenceResultSalt(
  run: string,
  occurrence: { readonly control: string; readonly activity: string; readonly id: string },
): string {
  return derivedSalt(run, `${occurrence.control}/${occurrence.activity}/${occurrence.id}`);
}
