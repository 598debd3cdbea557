/** A number, and the first few of what was counted. */

const NAMED = 5;

export class Counted {
  count = 0;
  readonly #examples: string[] = [];

  add(example: string): void {
    this.count += 1;
    if (this.#examples.length < NAMED) this.#examples.push(example);
  }

  /** "1a2b3c4d5e6f, 6f5e4d3c2b1a and 7 more" */
  get words(): string {
    const more = this.count - this.#examples.length;
    return more > 0 ? `${this.#examples.join(", ")} and ${more} more` : this.#examples.join(", ");
  }
}

const grouped = new Intl.NumberFormat("en-US");

/** "1,209" */
export function numberWords(value: number): string {
  return grouped.format(value);
}

/** "1 change", "1,209 changes": the plural of the word is given where it is not made with an s. */
export function countWords(count: number, word: string, plural = `${word}s`): string {
  return `${numberWords(count)} ${count === 1 ? word : plural}`;
}
