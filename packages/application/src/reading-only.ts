/** A store that records nothing: for a workspace whose private keys are elsewhere, where nothing could be published. */
import { ProblemError } from "@countersign/kernel";
import type { Store, Transaction } from "./ports/index.ts";

/** @returns the same store; each way to add a record ends with ProblemError `log-key`. */
export function readingOnly(store: Store): Store {
  const refuse = (): Promise<never> =>
    Promise.reject(
      new ProblemError({
        code: "log-key",
        what: "the log was made with keys that are not in this workspace: nothing can be recorded",
        next: "restore keys/ of the workspace that made it",
      }),
    );
  return {
    ...store,
    submit: refuse,
    transaction: (organization, work) =>
      store.transaction(organization, (tx) =>
        work({
          state: (kind) => tx.state(kind),
          stateOf: (kind, key) => tx.stateOf(kind, key),
          lock: (name) => tx.lock(name),
          directoryKey: () => tx.directoryKey(),
          people: () => tx.people(),
          putPeople: refuse,
          removePeople: refuse,
          append: refuse,
          appendAll: refuse,
        } satisfies Transaction),
      ),
  };
}
