/** Commit objects through `git cat-file --batch`, each with its id computed again from its bytes. */
import { hash as digest } from "node:crypto";
import { startGit, whatGitSaid, type GitPlace } from "./run.ts";

export const BATCH_ARGUMENTS: readonly string[] = ["cat-file", "--batch"];

export type BatchAnswer =
  | {
      readonly state: "found";
      readonly oid: string;
      /** The object alone: its id is the hash of "commit <length>\0" and these bytes. */
      readonly bytes: Buffer;
      /** The header line of the answer, the object, and a newline: the bytes as git wrote them. */
      readonly answer: Buffer;
      /** Where the object starts in the answer. */
      readonly start: number;
    }
  | { readonly state: "not-a-commit" | "missing"; readonly oid: string; readonly answer: Buffer };

/** The id that a commit with these bytes has. */
export function commitId(hash: "sha1" | "sha256", bytes: Uint8Array): string {
  return digest(hash, Buffer.concat([Buffer.from(`commit ${bytes.length}\0`), bytes]), "hex");
}

/** git ended before it had answered; what it answered until then was read. */
export class GitEnded extends Error {}

/**
 * Asks for objects one after the other; answers come in the order of the questions.
 * @throws GitEnded when git ends before every question is answered.
 */
export class ObjectReader {
  readonly #running: ReturnType<typeof startGit>;
  #asked = 0;

  constructor(place: GitPlace) {
    this.#running = startGit(place, BATCH_ARGUMENTS);
  }

  /** Waits while git is behind. */
  async ask(oids: readonly string[]): Promise<void> {
    if (oids.length === 0) return;
    this.#asked += oids.length;
    const { stdin } = this.#running;
    if (stdin.write(`${oids.join("\n")}\n`) || stdin.destroyed) return;
    await new Promise<void>((resolve) => {
      const go = (): void => {
        stdin.off("drain", go).off("close", go);
        resolve();
      };
      stdin.on("drain", go).on("close", go);
    });
  }

  end(): void {
    this.#running.stdin.end();
  }

  stop(): void {
    this.#running.stop();
  }

  async *answers(): AsyncGenerator<BatchAnswer> {
    let pending: Buffer[] = [];
    let size = 0;
    let needed = 0;
    let answered = 0;
    for await (const chunk of this.#running.stdout) {
      pending.push(chunk);
      size += chunk.length;
      if (size < needed) continue;
      let buffer = pending.length === 1 ? chunk : Buffer.concat(pending);
      for (let next = takeAnswer(buffer); ; next = takeAnswer(buffer)) {
        if ("needed" in next) {
          needed = next.needed;
          break;
        }
        answered += 1;
        yield next.answer;
        buffer = buffer.subarray(next.length);
      }
      pending = [buffer];
      size = buffer.length;
    }
    const { code, stderr } = await this.#running.ended;
    if (code !== 0 || answered < this.#asked) {
      throw new GitEnded(
        `git cat-file answered ${answered} of ${this.#asked} questions: ${whatGitSaid(stderr)}`,
      );
    }
  }
}

type Taken = { readonly answer: BatchAnswer; readonly length: number } | { readonly needed: number };

function takeAnswer(buffer: Buffer): Taken {
  const lineEnd = buffer.indexOf(0x0a);
  if (lineEnd < 0) return { needed: 0 };
  const [oid = "", type = "", length = ""] = buffer.toString("latin1", 0, lineEnd).split(" ");
  if (type === "missing" || type === "ambiguous") {
    const answer = buffer.subarray(0, lineEnd + 1);
    return { answer: { state: "missing", oid, answer }, length: answer.length };
  }
  const start = lineEnd + 1;
  const end = start + Number(length) + 1;
  if (buffer.length < end) return { needed: end };
  const answer = buffer.subarray(0, end);
  if (type !== "commit") return { answer: { state: "not-a-commit", oid, answer }, length: end };
  return {
    answer: { state: "found", oid, bytes: buffer.subarray(start, end - 1), answer, start },
    length: end,
  };
}
