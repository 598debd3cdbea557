export * from "./blob-files.ts";
export * from "./directories.ts";
export * from "./halt.ts";
export * from "./key-files.ts";
export * from "./list-writer.ts";
export * from "./migrate.ts";
export * from "./postgres-store.ts";
export * from "./workspace.ts";
