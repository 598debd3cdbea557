/** What pure code is handed instead of reaching for it: time, randomness, identifiers. */

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = number;

export type Clock = { readonly now: () => EpochMs };

/** Cryptographic randomness in production; a seeded stream in tests and in the sample company. */
export type Random = { readonly bytes: (count: number) => Uint8Array };
