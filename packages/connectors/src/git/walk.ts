/**
 * The listing of a branch's whole first-parent history. Committer dates do not fall steadily along it (a rebase, a slow
 * clock), so nothing may stop early: the whole of it is walked, and the window is applied line by line.
 */
import { startGit, whatGitSaid, type GitPlace } from "./run.ts";

export type Step = {
  /** Committer date in seconds since 1970 as git reads it; 0 where the commit carries none that can be read. */
  readonly seconds: number;
  readonly oid: string;
  readonly parents: readonly string[];
};

/** The arguments of the walk, as they are run and as the record shows them. */
export function walkArguments(tip: string): readonly string[] {
  return ["rev-list", "--first-parent", "--parents", "--timestamp", "--end-of-options", tip];
}

/** What the walk showed when it was over. */
export type WalkEnd = {
  readonly steps: number;
  /** The commit that the walk ended at, which has no parent if the history is whole. */
  readonly last?: Step;
  /** Where a commit was not the first parent of the one before it. */
  readonly holes: readonly string[];
  /** What git said when it ended with an error. */
  readonly failure?: string;
};

/** Checks step by step that each commit is the first parent of the one before, the tip the first of them. */
export class Chain {
  readonly holes: string[] = [];
  steps = 0;
  last: Step | undefined;
  #expected: string | undefined;

  constructor(tip: string) {
    this.#expected = tip;
  }

  take(step: Step): void {
    if (step.oid !== this.#expected) {
      this.holes.push(`${step.oid} follows, where ${this.#expected ?? "nothing"} was due`);
    }
    this.#expected = step.parents[0];
    this.last = step;
    this.steps += 1;
  }

  end(): void {
    if (this.#expected !== undefined) this.holes.push(`the listing ends where ${this.#expected} was due`);
  }
}

/**
 * Walks from the tip and checks that each commit is the first parent of the one before, the tip the first of them.
 * @param keep receives the bytes as git wrote them
 * @returns the end of the walk, after the steps
 */
export async function* walk(
  place: GitPlace,
  tip: string,
  keep: (bytes: Buffer) => void,
): AsyncGenerator<readonly Step[], WalkEnd> {
  const running = startGit(place, walkArguments(tip));
  running.stdin.end();
  const chain = new Chain(tip);
  let rest = "";
  let finished = false;
  try {
    for await (const chunk of running.stdout) {
      keep(chunk);
      const lines = (rest + chunk.toString("latin1")).split("\n");
      rest = lines.pop() ?? "";
      const steps = lines.map(parseStep);
      for (const step of steps) chain.take(step);
      yield steps;
    }
    finished = true;
  } finally {
    if (!finished) running.stop();
  }
  const { code, stderr } = await running.ended;
  chain.end();
  return {
    steps: chain.steps,
    ...(chain.last === undefined ? {} : { last: chain.last }),
    holes: chain.holes,
    ...(code === 0 ? {} : { failure: whatGitSaid(stderr) }),
  };
}

function parseStep(line: string): Step {
  const [seconds = "", oid = "", ...parents] = line.split(" ");
  return { seconds: Number(seconds), oid, parents };
}
