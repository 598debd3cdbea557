/** Asks a time stamping authority for a stamp over a checkpoint, and checks the answer before anything is kept of it. */
import { err, formatInstant, ok, type Problem, type Result } from "@countersign/kernel";
import {
  formatTimeStampRequest,
  openTimeStamp,
  parsePemCertificates,
  type TimeStamp,
} from "@countersign/ledger";
import type { StampTarget } from "@countersign/program";
import type { Context } from "../context.ts";
import type { Post } from "../ports/index.ts";

const TIMEOUT_MS = 30_000;
/** A stamp with a chain of certificates has 2 to 8 KB. */
const ANSWER_BYTES_MAX = 64 * 1024;
/** Two clocks may differ so far without a word. */
const CLOCK_TOLERANCE_MS = 5 * 60_000;

export type Stamped = {
  readonly response: Uint8Array;
  readonly stamp: TimeStamp;
  readonly remarks: readonly string[];
};

export async function stampCheckpoint(
  ctx: Pick<Context, "clock" | "random">,
  post: Post,
  target: StampTarget,
  rootPem: string,
  note: string,
): Promise<Result<Stamped, Problem>> {
  const roots = parsePemCertificates(rootPem);
  if (!roots.ok)
    return err({
      code: "stamp-root",
      what: `the root of ${target.id} cannot be read`,
      where: target.root,
      why: roots.error,
      next: "put the authority's root certificate there, in PEM",
    });
  const message = Buffer.from(note);
  const nonce = ctx.random.bytes(16);
  const answer = await post({
    url: target.url,
    contentType: "application/timestamp-query",
    body: formatTimeStampRequest(message, nonce),
    timeoutMs: TIMEOUT_MS,
    answerBytesMax: ANSWER_BYTES_MAX,
  });
  const refused = (code: string, why: string): Result<Stamped, Problem> =>
    err({
      code,
      what: `${target.id} gave no time stamp that can be kept`,
      where: target.url,
      why,
      next: "nothing was recorded; try again, or name another authority in countersign/anchors.yaml",
    });
  if (!answer.ok) return refused("stamp-unreachable", answer.error);
  if (answer.value.status !== 200)
    return refused("stamp-refused", `it answered with the HTTP status ${answer.value.status}`);
  const opened = openTimeStamp(answer.value.body, { message, nonce, roots: roots.value });
  if (!opened.ok) return refused(`stamp-${opened.error.code}`, opened.error.message);
  const stamp = opened.value;
  const off = ctx.clock.now() - stamp.at;
  const remarks =
    Math.abs(off) > CLOCK_TOLERANCE_MS + (stamp.accuracyMs ?? 0)
      ? [
          `this machine's clock is ${Math.round(Math.abs(off) / 60_000)} minutes ${off > 0 ? "ahead of" : "behind"} the authority's (${formatInstant(stamp.at)}): the authority's time counts, not this one's`,
        ]
      : [];
  return ok({ response: answer.value.body, stamp, remarks });
}
