/** The chain of keys as the log's records say it: from a folded log, or from the few rows of state at opening. */
import { foldKeys, type KeyChain, type KeyEvent } from "@countersign/ledger";
import type { JsonObject } from "@countersign/kernel";
import { keyEventOf } from "@countersign/package-format";
import type { Context } from "./context.ts";
import type { LogState } from "./log-state.ts";

const TYPES = ["log.created", "key.rotated", "key.retired", "key.revoked"] as const;

/** Beyond every index: a record that is durable and waits for its own. */
const UNSEQUENCED = Number.MAX_SAFE_INTEGER - 1_000_000;

export function keyChainOf(log: LogState): KeyChain {
  return chainOf(
    TYPES.flatMap((type) =>
      log.rows(type).map((row) => ({ type, body: row.body, index: log.indexOf(row.record) })),
    ),
  );
}

/** Without reading the log: an opening must not take longer because the log is long. */
export async function loadKeyChain(ctx: Context): Promise<KeyChain> {
  const { store, organization } = ctx;
  const rows = await store.transaction(organization, async (tx) => {
    const found = [];
    for (const type of TYPES) for (const row of await tx.state(type)) found.push({ type, row });
    return found;
  });
  let waiting = UNSEQUENCED;
  const placed = [];
  for (const { type, row } of rows) {
    const receipt = type === "log.created" ? undefined : await store.receipt(organization, row.record);
    const index = receipt === undefined ? 0 : "index" in receipt ? receipt.index : waiting++;
    placed.push({ type, body: row.body, index });
  }
  return chainOf(placed);
}

/** From the records alone, for who cannot trust the state that is folded from them: the whole log is read. */
export async function readKeyChain(ctx: Context): Promise<KeyChain> {
  const { store, organization } = ctx;
  const placed: Placed[] = [];
  const size = (await store.newestCheckpoint(organization))?.size ?? 0;
  for await (const page of store.entries(organization, 0, size))
    for (const { entry, index } of page) {
      // Looked for before anything is parsed: one record in a million is about keys.
      const type = TYPES.find((each) => entry.includes(`"type":"${each}"`));
      const record = type === undefined ? undefined : parsed(entry);
      if (type !== undefined && record?.type === type) placed.push({ type, body: record.body, index });
    }
  return chainOf(placed);
}

function parsed(entry: string): { readonly type?: unknown; readonly body?: unknown } | undefined {
  try {
    return JSON.parse(entry) as { readonly type?: unknown; readonly body?: unknown };
  } catch {
    return undefined;
  }
}

type Placed = { readonly type: (typeof TYPES)[number]; readonly body: unknown; readonly index: number };

function chainOf(rows: readonly Placed[]): KeyChain {
  const events = rows
    .toSorted((a, b) => a.index - b.index)
    .flatMap(({ type, body, index }): KeyEvent[] => {
      // A body of state is an object: foldRecord wrote it.
      const event = keyEventOf(type, body as JsonObject, index);
      return event.ok ? [event.value] : [];
    });
  return foldKeys(events).chain;
}
