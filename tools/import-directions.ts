/**
 * Which package may import which (DESIGN: layout). An import that is not listed fails; a listed one that nothing uses
 * any more fails too, so that the table stays the truth.
 */
export const directions: { readonly [name: string]: readonly string[] } = {
  kernel: [],
  records: ["kernel"],
  ledger: ["kernel"],
  "package-format": ["kernel", "records", "ledger"],
  verify: ["kernel", "records", "ledger", "package-format"],
  rules: ["kernel", "records"],
  readers: ["kernel"],
  program: ["kernel", "records", "rules"],
  assessment: ["kernel", "records", "rules", "program"],
  application: [
    "kernel",
    "records",
    "ledger",
    "rules",
    "readers",
    "program",
    "assessment",
    "package-format",
    "verify",
  ],
  store: ["kernel", "records", "ledger", "application/ports"],
  connectors: ["kernel", "records", "application/ports"],
  documents: ["kernel", "records", "package-format", "program", "assessment", "application/ports"],
  sample: ["kernel", "records"],
  cli: [
    "kernel",
    "records",
    "ledger",
    "package-format",
    "program",
    "assessment",
    "application",
    "store",
    "connectors",
    "documents",
    "sample",
  ],
};

/** No I/O, no clock, no randomness, no environment; what they may use of the runtime is named. */
export const pure: { readonly [name: string]: readonly string[] } = {
  kernel: ["node:crypto"],
  records: [],
  ledger: ["node:crypto"],
  "package-format": ["node:crypto", "node:zlib"],
  verify: [],
  rules: [],
  readers: ["node:crypto"],
  program: [],
  assessment: [],
};

/** Files of pure packages that run on their own and therefore do I/O: nothing but each other may import them. */
export const entryFiles: readonly string[] = [
  "packages/verify/src/main.ts",
  "packages/verify/src/standalone/entry.ts",
  // In the built verifier these stand for the modules of Node that their types name.
  "packages/verify/src/standalone/node-crypto.ts",
  "packages/verify/src/standalone/node-only.ts",
  "packages/verify/src/standalone/node-zlib.ts",
  "packages/sample/src/write-sample.ts",
];
