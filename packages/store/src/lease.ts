/**
 * The right to sequence a log: one holder at a time, for some seconds by the server's clock, under a token that is greater
 * at each take-over. Every write of a holder names its token and its own name under the row's lock, so that one that
 * stalled and woke up writes nothing. The clock decides only when another may try; the token decides who may write.
 */
import type { ClientBase } from "pg";

/** Longer than a batch takes on a slow machine; a holder that was killed keeps others waiting for so long. */
export const LEASE_SECONDS = 5;

export type Lease = {
  readonly token: string;
  /** Made anew for each holder: after a crash of the server the last, unwritten token may be given a second time. */
  readonly holder: string;
};

/**
 * Takes a lease that is free, that has run out, or that runs longer than any is given (the server's clock was set back);
 * renews one's own. Whoever holds the row's lock is waited for.
 */
const TAKE = `
INSERT INTO countersign.lease AS held (organization, token, holder, expires_at)
VALUES ($1, 1, $2, clock_timestamp() + $4 * interval '1 second')
ON CONFLICT (organization) DO UPDATE
  SET token = CASE WHEN held.token = $3::bigint AND held.holder = $2 THEN held.token ELSE held.token + 1 END,
      holder = excluded.holder,
      expires_at = clock_timestamp() + $4 * interval '1 second'
  WHERE (held.token = $3::bigint AND held.holder = $2)
     OR held.expires_at <= clock_timestamp()
     OR held.expires_at > clock_timestamp() + $4 * interval '1 second'
RETURNING token`;

/** @returns undefined while another holds it. */
export async function takeLease(
  client: ClientBase,
  organization: string,
  holder: string,
  current: Lease | undefined,
): Promise<Lease | undefined> {
  const { rows } = await client.query<{ token: string }>(TAKE, [
    organization,
    holder,
    current?.token ?? "0",
    LEASE_SECONDS,
  ]);
  return rows[0] === undefined ? undefined : { token: rows[0].token, holder };
}

/** Lets the next one in at once. Does nothing for a holder that has lost it. */
export async function releaseLease(client: ClientBase, organization: string, lease: Lease): Promise<void> {
  await client.query(
    "UPDATE countersign.lease SET expires_at = '-infinity' WHERE organization = $1 AND token = $2 AND holder = $3",
    [organization, lease.token, lease.holder],
  );
}
