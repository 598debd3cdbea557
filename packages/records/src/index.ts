export type * from "./bodies.ts";
export * from "./fold.ts";
export * from "./item-kinds/all.ts";
export type * from "./month-closed.ts";
export * from "./record.ts";
export * from "./schema.ts";
export type * from "./signed-bundle.ts";
export * from "./validate.ts";
