/**
 * Attribute sampling, exact for a finite population: the hypergeometric distribution. Used to plan a sample and to say
 * what a sample shows. A census has no bound: its count of deviations is the count.
 */
import { err, ok, type Problem, type Result } from "@countersign/kernel";

/** Rounding of at most this relative size decides no comparison: 1 − 0.9 is not 0.1 in binary. */
const SLACK = 1e-9;

/**
 * P(X ≤ found) where X is the number of deviations in a sample of `sampled` items out of `population` items that hold
 * `deviations` of them.
 */
export function probabilityAtMost(
  found: number,
  of: { readonly population: number; readonly deviations: number; readonly sampled: number },
): number {
  const { population, deviations, sampled } = of;
  const least = Math.max(0, sampled + deviations - population);
  const most = Math.min(deviations, sampled);
  if (found < least) return 0;
  if (found >= most) return 1;
  // The sum of t(i) for i = least…found, where t(i+1)/t(i) is a ratio of small integers. Numbers are kept as value ×
  // 2^exponent, because t(least) alone underflows in large samples while the sum does not.
  let { value: term, exponent } = firstTerm(population, deviations, sampled);
  let sum = term;
  for (let i = least; i < found; i++) {
    term *= ((deviations - i) * (sampled - i)) / ((i + 1) * (population - deviations - sampled + i + 1));
    sum += term;
    if (sum > 2 ** 500) {
      sum *= 2 ** -500;
      term *= 2 ** -500;
      exponent += 500;
    }
  }
  return Math.min(1, exponent < -1000 ? 0 : sum * 2 ** exponent);
}

/** t(least): none of the deviations found, or (where the sample is larger than the rest) only the unavoidable ones. */
function firstTerm(
  population: number,
  deviations: number,
  sampled: number,
): { value: number; exponent: number } {
  let value = 1;
  let exponent = 0;
  const multiply = (factor: number) => {
    value *= factor;
    if (value < 2 ** -500) {
      value *= 2 ** 500;
      exponent -= 500;
    }
  };
  const sound = population - deviations;
  if (sampled <= sound) {
    // C(sound, sampled) / C(population, sampled), by the shorter of two equal products.
    const [few, many] = sampled < deviations ? [sampled, deviations] : [deviations, sampled];
    for (let i = 0; i < few; i++) multiply((population - many - i) / (population - i));
  } else {
    // Every sound item is in the sample: C(deviations, population − sampled) / C(population, sampled).
    const left = population - sampled;
    for (let i = 0; i < left; i++) multiply((deviations - i) / (population - i));
  }
  return { value, exponent };
}

export type SampleSizeQuestion = {
  readonly population: number;
  /** 0.9 for 90 percent. */
  readonly confidence: number;
  /** The rate of deviations that can still be borne: 0.1 for 10 percent. */
  readonly tolerableRate: number;
  /** How many deviations the sample may hold and still support the conclusion; or the rate expected of it. */
  readonly expected: { readonly deviations: number } | { readonly rate: number };
};

export type SampleSize = {
  readonly size: number;
  /** How many deviations the sample may hold. */
  readonly allowed: number;
  /** The fewest deviations in the population that exceed the tolerable rate. */
  readonly tooMany: number;
};

/**
 * The smallest sample of which the following holds: if the population's deviations exceeded the tolerable rate, finding
 * no more than the expected ones would have a probability of at most 1 − confidence. With an expected rate, the allowed
 * deviations are that rate of the sample, rounded up. It is the whole population where no smaller sample does.
 */
export function sampleSize(question: SampleSizeQuestion): Result<SampleSize, Problem> {
  const fault = faultOf(question);
  if (fault !== undefined) {
    return err({ code: "sample-size.question", what: "The sample size cannot be calculated.", why: fault });
  }
  const { population, expected } = question;
  const tooMany = Math.floor(question.tolerableRate * population + SLACK) + 1;
  const risk = (1 - question.confidence) * (1 + SLACK);
  const supports = (size: number, allowed: number) =>
    probabilityAtMost(allowed, { population, deviations: tooMany, sampled: size }) <= risk;
  // While the allowed deviations stay the same a larger sample only helps, so each such stretch is searched by halving.
  const rate = "rate" in expected ? expected.rate : undefined;
  let allowed = "rate" in expected ? 0 : expected.deviations;
  for (;;) {
    const last = rate === undefined ? population : lastSizeAllowing(allowed, rate);
    const end = Math.min(last, population);
    if (supports(end, allowed)) {
      let low = 0;
      let high = end;
      while (low < high) {
        const middle = Math.floor((low + high) / 2);
        if (supports(middle, allowed)) high = middle;
        else low = middle + 1;
      }
      return ok({ size: low, allowed, tooMany });
    }
    if (end === population) return ok({ size: population, allowed, tooMany });
    allowed++;
  }
}

/** The largest sample of which `rate`, rounded up, is `allowed` deviations. */
function lastSizeAllowing(allowed: number, rate: number): number {
  return rate === 0 ? Number.POSITIVE_INFINITY : Math.floor(allowed / rate + SLACK);
}

/**
 * The upper deviation limit: the most deviations that the population may hold, at this confidence, given what the
 * sample showed. With fewer deviations than that the sample is not surprising; with one more it would be.
 */
export function upperDeviationLimit(of: {
  readonly population: number;
  readonly sampled: number;
  readonly found: number;
  readonly confidence: number;
}): { readonly deviations: number; readonly rate: number } {
  const { population, sampled, found } = of;
  const risk = (1 - of.confidence) * (1 + SLACK);
  // P(X ≤ found) falls as the population's deviations rise, so the last count above the risk is found by halving.
  let low = found;
  let high = population - (sampled - found);
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (probabilityAtMost(found, { population, deviations: middle, sampled }) > risk) low = middle;
    else high = middle - 1;
  }
  return { deviations: low, rate: population === 0 ? 0 : low / population };
}

function faultOf(question: SampleSizeQuestion): string | undefined {
  const { population, confidence, tolerableRate, expected } = question;
  if (!Number.isSafeInteger(population) || population < 0) return "the population is not a whole number";
  if (!(confidence > 0 && confidence < 1)) return "the confidence is not between 0 and 1";
  if (!(tolerableRate > 0 && tolerableRate < 1)) return "the tolerable rate is not between 0 and 1";
  if ("deviations" in expected) {
    const count = expected.deviations;
    return Number.isSafeInteger(count) && count >= 0
      ? undefined
      : "the expected deviations are not a whole number";
  }
  if (!(expected.rate >= 0)) return "the expected rate is below 0";
  return expected.rate < tolerableRate
    ? undefined
    : "the expected rate is not below the tolerable one: no sample could support the conclusion";
}
