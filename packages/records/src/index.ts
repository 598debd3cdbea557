export type * from "./bodies.ts";
export * from "./item-kinds/all.ts";
export * from "./record.ts";
export * from "./schema.ts";
