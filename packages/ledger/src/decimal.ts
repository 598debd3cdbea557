/** Sizes and indexes in text: plain decimal digits, no sign, no leading zero, no exponent. */

/** Undefined for anything else, and beyond 2^53 - 1, where a number would no longer be exact. */
export function parseDecimal(text: string): number | undefined {
  if (!/^(?:0|[1-9][0-9]{0,15})$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}
