/** Times of cosignatures. */
import { formatInstant, type Instant } from "@countersign/kernel";

/** @param seconds since 1970. Beyond what a calendar holds it is cut to its end. */
export function instantOf(seconds: bigint): Instant {
  const latest = 253_402_300_799n;
  return formatInstant(Number(seconds > latest ? latest : seconds) * 1000);
}
