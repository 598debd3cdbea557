/** What the value of a check trailer says. Its presence alone is the claim that the check passed. */

export type CheckOutcome = "passed" | "failed" | "skipped" | "pending";

const FAILED = /(?:^|[^-\w])(?:-1\b|(?<!\b(?:0|no|zero|without)\s)(?:fail(?:ed|ure|ures|s)?|errors?)\b)/i;

export function checkOutcome(value: string): CheckOutcome {
  // Whoever reported it does not say how it went.
  const words = value.replaceAll(/[^,;]*<[^<>]*>/g, " ").trim();
  if (/^skip(?:ped)?\b/i.test(words)) return "skipped";
  if (/^(?:pending|running|queued|waiting)\b/i.test(words)) return "pending";
  return FAILED.test(words) ? "failed" : "passed";
}
