export type * from "./anchoring.ts";
export type * from "./archive.ts";
export type * from "./connector.ts";
export type * from "./keys.ts";
export type * from "./log-folder.ts";
export type * from "./package-view.ts";
export type * from "./store.ts";
