/** Plausible subject lines, put together from hand-written parts. */
import type { SeededRandom } from "./random.ts";

const SERVICE_TITLES: readonly ((service: string, random: SeededRandom) => string)[] = [
  (service, random) => `${service}: ${random.pick(RETRY)}`,
  (service, random) => `${service}: ${random.pick(MEASURE)} ${random.pick(THINGS)}`,
  (service, random) => `${service}: ${random.pick(MEND)} ${random.pick(FAULTS)}`,
  (service, random) => `${service}: ${random.pick(MOVE)} ${random.pick(THINGS)} ${random.pick(PLACES)}`,
  (service, random) => `${service}: test ${random.pick(THINGS)} with ${random.pick(CASES)}`,
  (service, random) => `${service}: ${random.pick(LIMIT)} ${random.pick(THINGS)} ${random.pick(BOUNDS)}`,
];

const RETRY = [
  "retry a failed upstream once before giving up",
  "give streaming answers their own deadline",
  "close idle connections after five minutes",
  "answer 429 with the time to wait",
  "refuse a request body over the plan's size",
  "drop a flag that nobody has used since spring",
  "write a tenant's id into every log line",
  "stop reading a stream when its client is gone",
];
const MEASURE = ["count", "measure", "sample", "log", "trace"];
const MEND = ["mend", "fix", "handle", "guard against", "catch"];
const MOVE = ["move", "split", "keep", "load", "cache"];
const LIMIT = ["limit", "bound", "cap", "throttle"];
const THINGS = [
  "tool calls",
  "prompt tokens",
  "cached prefixes",
  "batch jobs",
  "usage records",
  "tenant quotas",
  "model aliases",
  "session keys",
  "stop sequences",
  "structured answers",
  "image parts",
  "audit events",
];
const FAULTS = [
  "an off-by-one in the usage window",
  "a race when two replicas start",
  "a leak of closed streams",
  "an empty answer from the safety filter",
  "a wrong unit in the latency histogram",
  "a deadlock under back pressure",
  "a panic on an unknown model alias",
  "rounding in the price of cached tokens",
];
const PLACES = [
  "behind one interface",
  "out of the hot path",
  "into the shared library",
  "per tenant",
  "to the regional store",
];
const CASES = ["two tenants at once", "an expired key", "a slow client", "a clock that jumps", "empty input"];
const BOUNDS = ["per key", "per minute", "by plan", "by region"];

const INFRASTRUCTURE_TITLES = [
  "rotate the certificate of the edge",
  "raise the node pool's upper bound",
  "close a port that nothing listens on",
  "pin the base image by digest",
  "send audit logs to the second region",
  "give the scheduler a role of its own",
  "encrypt the scratch volumes with the tenant key",
  "alert when a backup is older than a day",
  "narrow the gateway's egress rules",
  "add a canary pool for large models",
  "remove an unused bucket",
  "shorten the life of session tokens",
];

const PACKAGES = [
  "fastwire",
  "tokmill",
  "quietlog",
  "brineparse",
  "hexpool",
  "ropecache",
  "lintel",
  "meshling",
];

export function serviceTitle(service: string, random: SeededRandom): string {
  return random.pick(SERVICE_TITLES)(service, random);
}

export function infrastructureTitle(environment: string, random: SeededRandom): string {
  return `${environment}: ${random.pick(INFRASTRUCTURE_TITLES)}`;
}

/** As a bot words it that raises the version of a package. */
export function dependencyTitle(service: string, random: SeededRandom): string {
  const major = random.integer(0, 6);
  const minor = random.integer(0, 20);
  const patch = random.integer(0, 8);
  return `${service}: raise ${random.pick(PACKAGES)} from ${major}.${minor}.${patch} to ${major}.${minor}.${patch + 1}`;
}
