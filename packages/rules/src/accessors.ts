/**
 * How a field is taken out of a row.
 *
 * A JavaScript engine remembers where a property was found for each *place in the source* that reads it. One place that
 * reads every field of every rule remembers nothing: over items with a dozen combinations of absent facts it took 17 ns
 * a read, where a place of its own for each name took 6. Code is never made from text here, so the places are written
 * out: for the facts of changes, whose populations are the large ones. Any other name takes the slower, equal way.
 */

export type Row = { readonly [name: string]: unknown };
export type Accessor = (row: Row) => unknown;

/** Each entry reads the property that it is named after; the test beside this file checks that. */
export const ACCESSORS: { readonly [name: string]: Accessor } = {
  approvals: (row) => row.approvals,
  at: (row) => row.at,
  author: (row) => row.author,
  authorIsBot: (row) => row.authorIsBot,
  authoredAt: (row) => row.authoredAt,
  bot: (row) => row.bot,
  branch: (row) => row.branch,
  by: (row) => row.by,
  bypasses: (row) => row.bypasses,
  checks: (row) => row.checks,
  coAuthors: (row) => row.coAuthors,
  committer: (row) => row.committer,
  direct: (row) => row.direct,
  dismissedApprovals: (row) => row.dismissedApprovals,
  emergency: (row) => row.emergency,
  headRevision: (row) => row.headRevision,
  id: (row) => row.id,
  key: (row) => row.key,
  lastPushedAt: (row) => row.lastPushedAt,
  links: (row) => row.links,
  mergedAt: (row) => row.mergedAt,
  mergedBy: (row) => row.mergedBy,
  name: (row) => row.name,
  outcome: (row) => row.outcome,
  person: (row) => row.person,
  pullRequest: (row) => row.pullRequest,
  repository: (row) => row.repository,
  revision: (row) => row.revision,
  signature: (row) => row.signature,
  tickets: (row) => row.tickets,
  title: (row) => row.title,
  trailers: (row) => row.trailers,
  value: (row) => row.value,
  via: (row) => row.via,
};

/** @returns what reads the row's own field of that name, undefined where it has none */
export function accessorOf(name: string): Accessor {
  // Every object has Object's members ("constructor", "toString") without stating any fact of that name.
  if (name in Object.prototype) return (row) => (Object.hasOwn(row, name) ? row[name] : undefined);
  return ACCESSORS[name] ?? ((row) => row[name]);
}
