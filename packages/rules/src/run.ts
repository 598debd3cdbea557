/**
 * What one evaluation finds out besides its value.
 *
 * Absence and errors are infectious: whatever reads an absent fact is unknown, whatever operator would absorb it. So
 * they need no place among the values. A read that fails is noted here and goes on with a stand-in of its type, and in
 * the end the verdict is the value only if nothing was noted. The few places where a stand-in would decide what is
 * evaluated next (`? :`, macros, indexes, division) look whether `flaws` grew, and stop.
 */
import { MAX_VISITS } from "./limits.ts";
import type { FactPath } from "./types.ts";

export type Verdict =
  | { readonly kind: "true" }
  | { readonly kind: "false" }
  | {
      readonly kind: "unknown";
      /** The absent facts that were read, in the order of first reading, with [] for the elements of lists. */
      readonly absent: readonly FactPath[];
    }
  | { readonly kind: "error"; readonly message: string };

const TRUE: Verdict = Object.freeze({ kind: "true" });
const FALSE: Verdict = Object.freeze({ kind: "false" });

export class Run {
  /** Absent reads and errors so far, repeated ones too. */
  flaws = 0;
  #visits = 0;
  #error: string | undefined;
  readonly #reads: readonly FactPath[];
  /** Whether each of the reads was absent, and the absent ones in order of first reading. */
  readonly #seen: Uint8Array;
  readonly #order: Uint16Array;
  #absentCount = 0;
  /** The last unknown verdict: neighbours in a population mostly lack the same facts, and then share it. */
  #lastUnknown: { readonly kind: "unknown"; readonly absent: readonly FactPath[] } | undefined;

  constructor(reads: readonly FactPath[]) {
    this.#reads = reads;
    this.#seen = new Uint8Array(reads.length);
    this.#order = new Uint16Array(reads.length);
  }

  begin(): void {
    this.#visits = 0;
    if (this.flaws === 0) return;
    this.flaws = 0;
    this.#error = undefined;
    this.#absentCount = 0;
    this.#seen.fill(0);
  }

  /** Notes that the fact at this place among the reads is absent. */
  absent(read: number): void {
    this.flaws++;
    if (this.#seen[read] !== 0) return;
    this.#seen[read] = 1;
    this.#order[this.#absentCount++] = read;
  }

  /** Notes an error; the first one stands. */
  fail(message: string): void {
    this.flaws++;
    this.#error ??= message;
  }

  /** Spends visits. @returns false when the evaluation may not go on */
  visit(count: number): boolean {
    this.#visits += count;
    if (this.#visits <= MAX_VISITS) return true;
    this.fail(`The rule looks at more than ${MAX_VISITS} elements in this item.`);
    return false;
  }

  verdict(value: boolean): Verdict {
    if (this.flaws === 0) return value ? TRUE : FALSE;
    if (this.#error !== undefined) return { kind: "error", message: this.#error };
    return this.#unknown();
  }

  #unknown(): Verdict {
    const last = this.#lastUnknown;
    if (last !== undefined && this.#isSame(last.absent)) return last;
    const absent: FactPath[] = [];
    for (const read of this.#order.subarray(0, this.#absentCount)) absent.push(this.#reads[read] ?? "");
    this.#lastUnknown = Object.freeze({ kind: "unknown", absent: Object.freeze(absent) });
    return this.#lastUnknown;
  }

  #isSame(absent: readonly FactPath[]): boolean {
    if (absent.length !== this.#absentCount) return false;
    for (let i = 0; i < absent.length; i++) if (absent[i] !== this.#reads[this.#order[i] ?? 0]) return false;
    return true;
  }
}
