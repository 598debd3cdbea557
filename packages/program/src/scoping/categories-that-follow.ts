/** Which trust services categories the report must cover, from what customers are promised. */
import type { LocalDate } from "@countersign/kernel";
import { categories } from "../criterion-ids.ts";
import type { Category, Program } from "../model.ts";
import { allOn } from "../system/dated.ts";
import { noSystem } from "../system/read-system.ts";

export type CategoryReason = { readonly words: string; readonly fact: string };

export type CategoryThatFollows = {
  readonly category: Category;
  /** Whether the program covers it. */
  readonly chosen: boolean;
  readonly follows: boolean;
  /** Why it follows; empty where nothing that is promised calls for it. */
  readonly because: readonly CategoryReason[];
};

const ALWAYS: CategoryReason = {
  words: "always covered: its criteria are the common ones, and every other category adds its own to them",
  fact: "program/categories",
};

/** Every category, in the order in which reports name them; what was promised on the day decides. */
export function categoriesThatFollow(program: Program, day: LocalDate): readonly CategoryThatFollows[] {
  const commitments = allOn((program.system ?? noSystem).commitments, day).toSorted((a, b) =>
    a.id < b.id ? -1 : 1,
  );
  return categories.map((category) => {
    const promised = commitments
      .filter(({ about }) => about === category)
      .map(({ id, from, words, saidIn, reference }): CategoryReason => ({
        words: `${words} (${saidIn.replaceAll("-", " ")}${reference === undefined ? "" : `: ${reference}`})`,
        fact: `program/commitments/${id}${from === undefined ? "" : `@${from}`}/about`,
      }));
    const because = category === "security" ? [ALWAYS, ...promised] : promised;
    return { category, chosen: program.categories.includes(category), follows: because.length > 0, because };
  });
}
