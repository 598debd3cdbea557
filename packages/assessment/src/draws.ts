/**
 * Draws: which items of a frozen population are looked at. The sampler is the consistent sampler (R. L. Rivest,
 * "Consistent Sampling with Replacement", arXiv 1808.10016, here without replacement): an item's ticket depends on the
 * seed and its own id alone. So a larger draw extends a smaller one, a stratum keeps the order of the whole, the order
 * of the input plays no part, and the selection of one item can be checked by itself.
 */
import { digestOf, err, hexOf, ok, type Problem, type Result } from "@countersign/kernel";

/** A fraction as text: "0." and decimal digits, compared as text. */
export type Ticket = string;

/** The ticket of one id: U(hex(SHA-256(seed)) ‖ id), where U writes the decimal digits of a SHA-256 in reverse. */
export function ticketOf(id: string, seed: string): Ticket {
  return uniform(hexOf(digestOf(seed)) + id);
}

/** The decimal digits of SHA-256(text), padded to at least 64, in reverse: the low digits are the unbiased ones. */
function uniform(text: string): Ticket {
  return reversed(decimalOf(text));
}

function decimalOf(text: string): string {
  return BigInt(`0x${hexOf(digestOf(text))}`)
    .toString()
    .padStart(64, "0");
}

function reversed(digits: string): Ticket {
  const codes: number[] = [];
  for (let i = digits.length - 1; i >= 0; i--) codes.push(digits.charCodeAt(i));
  return `0.${String.fromCharCode(...codes)}`;
}

/** Whether the ticket of these digits surely comes after another: read off the low digits, without writing it out. */
function comesAfter(digits: string, ticket: Ticket): boolean {
  const length = Math.min(digits.length, ticket.length - 2);
  for (let i = 0; i < length; i++) {
    const difference = digits.charCodeAt(digits.length - 1 - i) - ticket.charCodeAt(i + 2);
    if (difference !== 0) return difference > 0;
  }
  return false;
}

/**
 * The `size` ids with the smallest tickets, in the order of their tickets; all of them when there are fewer.
 * @param seed the text that `seedOf` gives (or any text, as the published vectors do)
 * @returns a problem when an id is there twice, or two ids cannot be told apart by a reader
 */
export function draw(ids: Iterable<string>, seed: string, size: number): Result<readonly string[], Problem> {
  if (!Number.isSafeInteger(size) || size < 0) {
    return err(drawProblem("draw.size", `The size of a draw is a whole number, not ${size}.`));
  }
  const seedHash = hexOf(digestOf(seed));
  const checker = createIdChecker();
  const smallest = createSmallest(size);
  for (const id of ids) {
    const problem = checker(id);
    if (problem !== undefined) return err(problem);
    smallest.offer(decimalOf(seedHash + id), id);
  }
  return ok(smallest.finish());
}

/**
 * A larger draw from the same population and seed. The earlier draw stays its beginning: no item is ever swapped.
 * @returns a problem when the earlier draw does not follow from this population and seed, or is not smaller
 */
export function extendDraw(
  earlier: readonly string[],
  ids: Iterable<string>,
  seed: string,
  size: number,
): Result<readonly string[], Problem> {
  const larger = draw(ids, seed, size);
  if (!larger.ok) return larger;
  if (larger.value.length < earlier.length) {
    return err(drawProblem("draw.shrinks", `An extension of ${earlier.length} items cannot hold ${size}.`));
  }
  const at = earlier.findIndex((id, index) => larger.value[index] !== id);
  if (at !== -1) {
    return err({
      code: "draw.not-an-extension",
      what: "The earlier draw does not follow from this population and seed.",
      where: `item ${at + 1} of the earlier draw, ${JSON.stringify(earlier[at])}`,
      why: "A draw is extended with the same frozen population and the same nonce; anything else is another draw.",
      next: "countersign sample draw",
    });
  }
  return larger;
}

/** The draw is exactly the ids that the auditor entered: each once, each in the population, in the order entered. */
export function enteredDraw(
  ids: Iterable<string>,
  entered: readonly string[],
): Result<readonly string[], Problem> {
  const population = new Set(ids);
  const seen = new Set<string>();
  for (const id of entered) {
    if (!population.has(id)) {
      return err(drawProblem("draw.unknown-id", `${JSON.stringify(id)} is not in the frozen population.`));
    }
    if (seen.has(id)) return err(duplicateProblem(id));
    seen.add(id);
  }
  return ok([...entered]);
}

/** Every item, in the order of the population. */
export function censusDraw(ids: Iterable<string>): Result<readonly string[], Problem> {
  const checker = createIdChecker();
  const all: string[] = [];
  for (const id of ids) {
    const problem = checker(id);
    if (problem !== undefined) return err(problem);
    all.push(id);
  }
  return ok(all);
}

/** Keeps the k smallest tickets without holding all of them. */
function createSmallest(size: number): {
  offer(digits: string, id: string): void;
  finish(): readonly string[];
} {
  type Entry = readonly [Ticket, string];
  const byTicket = (a: Entry, b: Entry) =>
    a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0;
  const slack = Math.min(size, 4096) + 64;
  let kept: Entry[] = [];
  let threshold: Ticket | undefined;
  const cut = () => {
    kept.sort(byTicket);
    kept = kept.slice(0, size);
    threshold = kept.length === size ? kept[size - 1]?.[0] : undefined;
  };
  return {
    offer(digits, id) {
      if (size === 0 || (threshold !== undefined && comesAfter(digits, threshold))) return;
      kept.push([reversed(digits), id]);
      if (kept.length >= size + slack) cut();
    },
    finish() {
      cut();
      return kept.map((entry) => entry[1]);
    },
  };
}

/**
 * Ids are bytes: two ids that differ only in how an accent is composed are two items to a program and one to a reader,
 * so a population that holds both is refused rather than drawn from.
 */
function createIdChecker(): (id: string) => Problem | undefined {
  const seen = new Set<string>();
  const composed = new Map<string, string>();
  return (id) => {
    if (!id.isWellFormed()) {
      return drawProblem("draw.id", `${JSON.stringify(id)} is not text: it holds half a character.`);
    }
    if (seen.has(id)) return duplicateProblem(id);
    seen.add(id);
    // A few signs beyond ASCII compose to ASCII (the Kelvin sign to K), so plain ids are looked up as well.
    const ascii = isAscii(id);
    if (ascii && composed.size === 0) return undefined;
    const form = ascii ? id : id.normalize("NFC");
    const other = composed.get(form) ?? (form !== id && seen.has(form) ? form : undefined);
    if (other !== undefined) {
      return drawProblem(
        "draw.confusable-ids",
        `${JSON.stringify(id)} and ${JSON.stringify(other)} are different bytes that read the same.`,
      );
    }
    if (ascii) return undefined;
    composed.set(form, id);
    return undefined;
  };
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}

function duplicateProblem(id: string): Problem {
  return drawProblem("draw.duplicate-id", `${JSON.stringify(id)} is there twice.`);
}

function drawProblem(code: string, what: string): Problem {
  return { code, what, next: "countersign population show" };
}
