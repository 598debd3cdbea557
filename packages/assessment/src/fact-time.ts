/** Times as items carry them. */
import { parseInstant, type EpochMs } from "@countersign/kernel";

/** Canonical instants by the engine's own reader; anything else by ours, and never by the machine's time zone. */
export function epochOfFact(value: unknown): EpochMs | undefined {
  if (typeof value !== "string") return undefined;
  const at = value.charCodeAt(value.length - 1) === 90 ? Date.parse(value) : Number.NaN;
  if (!Number.isNaN(at)) return at;
  const parsed = parseInstant(value);
  return parsed.ok ? parsed.value : undefined;
}
