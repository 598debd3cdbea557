/** Digests for a page. The build puts another `loadDigests` in the place of `digests.ts`: one that makes them when called. */
import { loadDigests } from "./digests.ts";

export type DigestName = keyof ReturnType<typeof loadDigests>;

let loaded: ReturnType<typeof loadDigests> | undefined;

/** @throws TypeError on a digest that nothing here is made with. */
export function digestNamed(algorithm: string) {
  loaded ??= loadDigests();
  if (!Object.hasOwn(loaded, algorithm)) throw new TypeError(`${algorithm} is not used in verification`);
  return loaded[algorithm as DigestName]; // as was just seen
}

export function sha512() {
  return digestNamed("sha512");
}
