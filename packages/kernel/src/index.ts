export * from "./canonical-json.ts";
export * from "./canonical-scanner.ts";
export * from "./digest.ts";
export * from "./effects.ts";
export * from "./problem.ts";
export * from "./result.ts";
export * from "./text-order.ts";
export * from "./time.ts";
