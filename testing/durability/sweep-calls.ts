/**
 * Of one act every call that writes fails once with EIO and with ENOSPC, and is once the last thing that the process does. A
 * seeded selection in every test run, the whole with COUNTERSIGN_SWEEP=full; COUNTERSIGN_DURABILITY_SEED repeats a selection.
 */
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import type { Fault } from "./check.ts";
import { choicesFrom, readSeed, type Choices } from "./random.ts";
import type { Call, Injection, Traced } from "./strace.ts";

export type SweptRun = Traced & { readonly faults: readonly Fault[] };

const full = process.env["COUNTERSIGN_SWEEP"] === "full";
/** Of one act, in a test run that is not full. */
const SELECTED = 6;
/** Of one call and one fault, until the call is met. */
const TRIES = full ? 4 : 1;
const FAULTS = ["EIO", "ENOSPC", "KILL"] as const;

/**
 * @param run one run of the act, with one call failing or none, and the check of all that is stored after it
 * @param names of system calls that one act is known to make
 * @param selected in a test run that is not full, so many runs with a failure
 */
export async function sweepCalls(
  t: TestContext,
  run: (injection?: Injection) => Promise<SweptRun>,
  names: readonly string[],
  selected = SELECTED,
): Promise<void> {
  const seed = readSeed();
  t.diagnostic(`COUNTERSIGN_DURABILITY_SEED=${seed}`);
  const whole = await run();
  assert.deepEqual([whole.status, whole.faults], [0, []], whole.stderr);
  for (const name of names)
    assert.ok(
      whole.calls.some((call) => call.name === name),
      `it makes a call of ${name}`,
    );
  const outcomes: Record<string, number> = {};
  const met = new Set<string>();
  for (const injection of selection(whole.calls, choicesFrom(seed), selected)) {
    const { call, fault } = injection;
    const words = `${fault} at ${call.words} (${call.name} ${call.number})`;
    // How often the loop is woken varies, and with it the number of a call: what was not met is aimed at again.
    for (let tries = 0, hit: string | undefined; tries < TRIES && hit !== targetOf(call); tries++) {
      const done = await run(injection);
      assert.deepEqual(done.faults, [], words);
      assertHonest(done, injection, words);
      hit = done.hit === undefined ? undefined : targetOf(done.hit);
      if (hit !== undefined) met.add(hit);
      const outcome = hit === undefined ? "not met" : `${fault}: ${done.signal ?? `exit ${done.status}`}`;
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      if (full) t.diagnostic(`${outcome}  ${done.hit?.words ?? call.words}`);
    }
  }
  t.diagnostic(`${whole.calls.length} calls; ${JSON.stringify(outcomes)}; ${met.size} different ones met`);
  const missed = new Set(whole.calls.map(targetOf).filter((target) => !met.has(target)));
  if (full) assert.ok(missed.size <= whole.calls.length / 10, `not met: ${[...missed].join("\n")}`);
}

/** What must hold of the process itself. */
function assertHonest(
  { hit, after: later, status, signal, stderr }: SweptRun,
  { fault }: Injection,
  words: string,
): void {
  if (hit === undefined) return assert.deepEqual([status, stderr], [0, ""], `${words}: nothing failed`);
  if (fault === "KILL") return assert.equal(signal, "SIGKILL", words);
  // The number of a call varies a little from run to run, and the runtime aborts when it cannot wake its own loop: as a kill.
  if (hit.words.includes("<anon_inode:[eventfd]>") && signal === "SIGABRT") return;
  assert.equal(signal, null, words);
  if (status !== 0) assert.match(stderr, /^\S.*\n {2}where {2}|\n {2}why {4}/, `${words}: ${stderr}`);
  if (!/^f(?:data)?sync$/.test(hit.name)) return;
  assert.equal(status, 1, `${words}: a failed fsync ends the command`);
  const written = later.filter(
    (call) => !/^unlink|^(?:rmdir|mkdir)/.test(call.name) && !/postgres/.test(call.words),
  );
  assert.deepEqual(
    written.map((call) => call.words),
    [],
    `${words}: nothing is written after a failed fsync`,
  );
}

function selection(calls: readonly Call[], choices: Choices, selected: number): Injection[] {
  const all = calls.flatMap((call) => FAULTS.map((fault) => ({ call, fault })));
  if (full) return all.filter(({ call }) => isWorthARun(call, calls));
  // Each fsync's failure is looked at in every run; of the rest some.
  const rest = all.filter(({ call, fault }) => !(call.name === "fsync" && fault === "EIO"));
  const some = all
    .filter(({ call, fault }) => call.name === "fsync" && fault === "EIO")
    .slice(0, selected / 2);
  while (some.length < selected && rest.length > 0) some.push(...rest.splice(choices.below(rest.length), 1));
  return some;
}

/** Of many alike, as the parts of a package are written, the first, the last and one between. */
function isWorthARun(call: Call, calls: readonly Call[]): boolean {
  const alike = calls.filter((each) => each.name === call.name && targetOf(each) === targetOf(call));
  return [0, Math.floor(alike.length / 2), alike.length - 1].some((n) => alike[n] === call);
}

/** What is written to files is told apart by the file, what is sent to the server by its SQL. */
const targetOf = ({ words }: Call): string =>
  (/^p?writev?(?:64)?\(<<.*?>, /.exec(words)?.[0] ?? words).replace(/\/[0-9a-f]{2}"/, '/<xx>"');
