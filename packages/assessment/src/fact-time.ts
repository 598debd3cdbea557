/** Times as items carry them. */
import { formatInstant, parseInstant, type EpochMs, type Instant } from "@countersign/kernel";

/** The time that a fact says, or undefined where it says none; never by the machine's time zone. */
export function epochOfFact(value: unknown): EpochMs | undefined {
  if (typeof value !== "string") return undefined;
  const parsed = parseInstant(value);
  return parsed.ok ? parsed.value : undefined;
}

/** The canonical spelling of a time that `epochOfFact` read from a value. */
export function instantOfFact(value: unknown, at: EpochMs): Instant {
  // The form is that of an instant, and the engine has read it.
  return typeof value === "string" && isInCanonicalForm(value) ? (value as Instant) : formatInstant(at);
}

/** "2026-03-05T22:52:12Z" or "2026-03-05T22:52:12.500Z" by its shape; a leap second (":60") is spelled as the next one. */
function isInCanonicalForm(text: string): boolean {
  return (
    (text.length === 20 || (text.length === 24 && text.charCodeAt(19) === 46)) &&
    text.charCodeAt(10) === 84 &&
    text.charCodeAt(17) !== 54 &&
    text.charCodeAt(text.length - 1) === 90
  );
}
