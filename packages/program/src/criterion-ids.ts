/**
 * The 61 trust services criteria (2017, points of focus as revised in 2022). Lists that circulate hold other numbers and
 * identifiers that do not exist ("CC9.9", "PP1.1"), so these are written down in code, and whatever is not here is refused.
 */
import type { Category } from "./model.ts";

export const criterionIds: readonly string[] = `
  CC1.1 CC1.2 CC1.3 CC1.4 CC1.5 CC2.1 CC2.2 CC2.3 CC3.1 CC3.2 CC3.3 CC3.4 CC4.1 CC4.2 CC5.1 CC5.2 CC5.3
  CC6.1 CC6.2 CC6.3 CC6.4 CC6.5 CC6.6 CC6.7 CC6.8 CC7.1 CC7.2 CC7.3 CC7.4 CC7.5 CC8.1 CC9.1 CC9.2
  A1.1 A1.2 A1.3
  C1.1 C1.2
  PI1.1 PI1.2 PI1.3 PI1.4 PI1.5
  P1.1 P2.1 P3.1 P3.2 P4.1 P4.2 P4.3 P5.1 P5.2 P6.1 P6.2 P6.3 P6.4 P6.5 P6.6 P6.7 P7.1 P8.1
`
  .trim()
  .split(/\s+/);

/** In the order in which reports name them. Security is the common criteria and always in scope. */
export const categories: readonly Category[] = [
  "security",
  "availability",
  "confidentiality",
  "processing-integrity",
  "privacy",
];

const categoryOfSeries: { readonly [series: string]: Category } = {
  CC: "security",
  A: "availability",
  C: "confidentiality",
  PI: "processing-integrity",
  P: "privacy",
};

/** @param criterion one of `criterionIds` */
export function categoryOf(criterion: string): Category {
  const category = categoryOfSeries[criterion.replace(/\d.*$/, "")];
  if (category === undefined) throw new TypeError(`${criterion} is not a criterion`);
  return category;
}

/** Puts criteria in the order of the list above, each once. */
export function inOrderOfCriteria(ids: Iterable<string>): readonly string[] {
  const asked = new Set(ids);
  return criterionIds.filter((id) => asked.has(id));
}
