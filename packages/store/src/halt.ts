/**
 * After a failed fsync nobody knows what is on disk: the kernel may have dropped the pages and says so once only, so that
 * a second try would succeed over a hole (PostgreSQL stops for the same reason: data_sync_retry is off). So nothing is
 * tried again, and nothing more is written: every later write of the process meets the same problem.
 */
import type { Halt } from "@countersign/application/ports";
import { ProblemError } from "@countersign/kernel";

export type { Halt };

export function newHalt(): Halt {
  let stopped: ProblemError | undefined;
  return {
    check() {
      if (stopped !== undefined) throw stopped;
    },
    sync(where, call) {
      if (stopped !== undefined) throw stopped;
      try {
        call();
      } catch (error) {
        throw (stopped = syncFailed(where, error));
      }
    },
  };
}

function syncFailed(where: string, error: unknown): ProblemError {
  return new ProblemError(
    {
      code: "sync-failed",
      what: "the disk did not keep what was written to it",
      where,
      why: `${(error as NodeJS.ErrnoException).code ?? "unknown"}: what was written last may be lost although it can still be read; nothing more was written`,
      next: "look at the disk and its log; then countersign fsck, before anything else, and run the command again",
    },
    { cause: error },
  );
}
