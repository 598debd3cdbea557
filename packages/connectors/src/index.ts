export { git } from "./git/index.ts";
