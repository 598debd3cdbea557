/** Collects what is wrong. A whole table gone would be a million faults: of each kind the first thousand are named. */
import type { StoreFault } from "@countersign/application/ports";
import { PLACES_MAX } from "./lineages.ts";

export type Faults = {
  readonly named: readonly StoreFault[];
  /** By code, how many more there were than are named. */
  readonly more: { readonly [code: string]: number };
};

export class FaultReport {
  readonly #named: StoreFault[];
  readonly #counts = new Map<string, number>();

  constructor(earlier: Faults = { named: [], more: {} }) {
    this.#named = [...earlier.named];
    for (const { code } of earlier.named) this.#counts.set(code, (this.#counts.get(code) ?? 0) + 1);
    for (const [code, more] of Object.entries(earlier.more))
      this.#counts.set(code, (this.#counts.get(code) ?? 0) + more);
  }

  readonly add = (code: string, where: string, message: string, still?: string): void => {
    const count = (this.#counts.get(code) ?? 0) + 1;
    this.#counts.set(code, count);
    if (count <= PLACES_MAX)
      this.#named.push({ code, where, message, ...(still === undefined ? {} : { still }) });
  };

  faults(): Faults {
    const more = [...this.#counts].flatMap(([code, count]) => {
      const named = this.#named.filter((fault) => fault.code === code).length;
      return count > named ? [[code, count - named] as const] : [];
    });
    return { named: [...this.#named], more: Object.fromEntries(more) };
  }
}
