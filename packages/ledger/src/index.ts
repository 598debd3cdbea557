export * from "./checkpoint.ts";
export * from "./key-chain.ts";
export * from "./merkle.ts";
export * from "./note.ts";
export * from "./sealed-list.ts";
export * from "./tlog-proof.ts";
export * from "./time-stamp/index.ts";
