/** Reads branches into the sink: the walk picks the commits of the window, their objects follow, checked one by one. */
import type { EpochMs, JsonObject } from "@countersign/kernel";
import type { ItemDraft, PersonResolver, RawWriter, ReadSink } from "@countersign/application/ports";
import { parseCommit } from "./commit.ts";
import { FactReader, type ChangeFacts } from "./facts.ts";
import { commitId, GitEnded, ObjectReader, type BatchAnswer } from "./objects.ts";
import type { Branch, Repository } from "./repository.ts";
import { askGit } from "./run.ts";
import type { GitSettings } from "./settings.ts";
import { Tally } from "./tally.ts";
import { walk, type Step, type WalkEnd } from "./walk.ts";

export type BranchRead = {
  readonly repository: string;
  readonly branch: Branch;
  readonly walk: WalkEnd;
  /** Whether the last commit of the walk is the first of the history, as its own object says. */
  readonly reachesRoot: boolean;
  /** Commits of the window that this branch added: items and exclusions. */
  readonly inWindow: number;
  /** Commits of the window that a branch read before had added already. */
  readonly counted: number;
  /** Commits on the walk for which the repository holds a replacement or a graft. */
  readonly replaced: readonly string[];
  readonly faults: readonly string[];
};

export type HistoryTask = {
  readonly settings: GitSettings;
  readonly person: PersonResolver;
  readonly sink: ReadSink;
  readonly inWindow: (at: EpochMs) => boolean;
  /** More than one branch: commits that were read already have to be remembered. */
  readonly several: boolean;
};

export class HistoryReader {
  readonly tally = new Tally();
  readonly #task: HistoryTask;
  readonly #facts: FactReader;
  /** Commits of the window that were read, by repository. */
  readonly #read = new Map<string, Set<string>>();
  /** Unapproved changes that wait for the first approval of the window; see `#emit`. */
  #waiting: { readonly facts: JsonObject; readonly draft: (facts: JsonObject) => ItemDraft }[] = [];

  constructor(task: HistoryTask) {
    this.#task = task;
    this.#facts = new FactReader(task.settings, task.person);
  }

  async read(repository: Repository, branch: Branch): Promise<BranchRead> {
    const { sink } = this.#task;
    const name = repository.settings.name;
    const reading = new BranchReading(
      repository,
      branch,
      sink.raw(`${name}/commits`, "application/x-git-objects"),
    );
    const listing = sink.raw(`${name}/walk`, "text/plain");
    const objects = new ObjectReader(repository.place);
    const asking = this.#askForWindow(reading, objects, listing);
    // The reading below fails first where git ends early; the asking is awaited after it.
    asking.catch(() => objects.stop());
    try {
      for await (const answer of objects.answers()) {
        await this.#take(reading, answer);
        if (reading.done % 1000 === 0)
          sink.progress(reading.done, undefined, `changes of ${name}, ${branch.name}`);
      }
    } catch (error) {
      objects.stop();
      // Where the asking failed, that is the cause, and it is thrown here.
      await asking;
      if (!(error instanceof GitEnded)) throw error;
      reading.faults.push(error.message);
    }
    const end = await asking;
    sink.progress(reading.done, reading.done, `changes of ${name}, ${branch.name}`);
    return {
      repository: name,
      branch,
      walk: end,
      reachesRoot: end.last !== undefined && (await isRoot(repository, end.last.oid)),
      inWindow: reading.done,
      counted: reading.counted,
      replaced: reading.replaced,
      faults: reading.faults,
    };
  }

  /** Hands over what still waits. */
  async finish(): Promise<void> {
    for (const { facts, draft } of this.#waiting) await this.#task.sink.item(draft(facts));
    this.#waiting = [];
  }

  async #askForWindow(reading: BranchReading, objects: ObjectReader, listing: RawWriter): Promise<WalkEnd> {
    try {
      const { repository, branch } = reading;
      const steps = walk(repository.place, branch.tip, (bytes) => listing.write(bytes));
      for (let next = await steps.next(); ; next = await steps.next()) {
        if (next.done === true) return next.value;
        const wanted = next.value.filter((step) => this.#isWanted(reading, step));
        reading.expected.push(...wanted);
        await objects.ask(wanted.map((step) => step.oid));
      }
    } finally {
      objects.end();
    }
  }

  /** A commit whose date git cannot read is asked for as well: it may belong to the window. */
  #isWanted(reading: BranchReading, step: Step): boolean {
    if (reading.repository.replaced.has(step.oid)) reading.replaced.push(step.oid);
    if (step.seconds !== 0 && !this.#task.inWindow(step.seconds * 1000)) return false;
    if (!this.#task.several) return true;
    const name = reading.repository.settings.name;
    const read = this.#read.get(name) ?? new Set();
    this.#read.set(name, read);
    if (read.has(step.oid)) {
      if (step.seconds !== 0) reading.counted += 1;
      return false;
    }
    read.add(step.oid);
    return true;
  }

  async #take(reading: BranchReading, answer: BatchAnswer): Promise<void> {
    const step = reading.nextExpected();
    const written = reading.commits.write(answer.answer);
    const oid = step.oid;
    if (answer.state !== "found" || answer.oid !== oid) {
      await this.#refuse(reading, oid, "its object is missing from the repository");
      return;
    }
    if (commitId(reading.repository.hash, answer.bytes) !== oid) {
      await this.#refuse(reading, oid, "its bytes do not have the id under which git holds them");
      return;
    }
    const commit = parseCommit(answer.bytes);
    const mergedAt = step.seconds === 0 ? commit.committer?.at : step.seconds * 1000;
    if (mergedAt !== undefined && !this.#task.inWindow(mergedAt)) return;
    reading.done += 1;
    if (mergedAt === undefined) {
      const reason = "its committer date cannot be read, so that nothing places it in or outside the window";
      await this.#task.sink.exclude({ id: this.#idOf(reading, oid), reason });
      return;
    }
    const placed = {
      repository: reading.repository.settings.name,
      branch: reading.branch.name,
      revision: oid,
      mergedAt,
    };
    const read = this.#facts.read(commit, placed);
    if (read === undefined) {
      await this.#task.sink.exclude({ id: this.#idOf(reading, oid), reason: "it names no author" });
      return;
    }
    this.tally.add(oid, read, commit.encodingTrouble);
    const id = this.#idOf(reading, oid);
    const raw = [
      {
        file: `${placed.repository}/commits`,
        offset: written.offset + answer.start,
        length: answer.bytes.length,
      },
    ];
    await this.#emit(read, (facts) => ({ item: { id, ...facts }, raw }));
  }

  async #refuse(reading: BranchReading, oid: string, reason: string): Promise<void> {
    reading.done += 1;
    reading.faults.push(`commit ${oid}: ${reason}`);
    await this.#task.sink.exclude({ id: this.#idOf(reading, oid), reason });
  }

  /**
   * Where the settings say that no trailer means no approval, that is only so in a history that uses such trailers at
   * all: one without a single approval trailer in the window shows that approvals are kept elsewhere. So unapproved
   * changes wait until the first approval is seen.
   */
  async #emit(read: ChangeFacts, draft: (facts: JsonObject) => ItemDraft): Promise<void> {
    const { sink, settings } = this.#task;
    if (settings.whenAbsent === "unknown") {
      await sink.item(draft(read.facts));
      return;
    }
    if (this.tally.approved === 0) {
      this.#waiting.push({ facts: read.facts, draft });
      return;
    }
    for (const one of this.#waiting) await sink.item(one.draft({ ...one.facts, approvals: [] }));
    this.#waiting = [];
    await sink.item(draft(read.approved ? read.facts : { ...read.facts, approvals: [] }));
  }

  /** The revision; where an earlier repository of the source holds the same commit, with this one's name before it. */
  #idOf(reading: BranchReading, oid: string): string {
    const name = reading.repository.settings.name;
    for (const [other, read] of this.#read) {
      if (other === name) break;
      if (read.has(oid)) return `${name}:${oid}`;
    }
    return oid;
  }
}

class BranchReading {
  readonly repository: Repository;
  readonly branch: Branch;
  readonly commits: RawWriter;
  readonly faults: string[] = [];
  readonly replaced: string[] = [];
  /** Asked for and not yet answered, oldest first. */
  readonly expected: Step[] = [];
  done = 0;
  counted = 0;
  #next = 0;

  constructor(repository: Repository, branch: Branch, commits: RawWriter) {
    this.repository = repository;
    this.branch = branch;
    this.commits = commits;
  }

  nextExpected(): Step {
    const step = this.expected[this.#next];
    this.#next += 1;
    if (step === undefined) throw new Error("git answered more than it was asked");
    // What was answered is dropped in large pieces, so that memory stays flat and nothing is shifted one by one.
    if (this.#next === 4096) {
      this.expected.splice(0, this.#next);
      this.#next = 0;
    }
    return step;
  }
}

/** In a shallow clone git lists the last commit without its parents; its object still names them. */
async function isRoot(repository: Repository, oid: string): Promise<boolean> {
  const { code, stdout } = await askGit(repository.place, ["cat-file", "commit", oid]);
  return code === 0 && parseCommit(Buffer.from(stdout)).parents.length === 0;
}
