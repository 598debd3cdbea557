/**
 * Where the one file begins, and looks where it is: the command line on Node, the worker of the verifier's page, or
 * `countersignVerify.verify(bytes, options)` for a page of somebody else's.
 */
import { main } from "../main.ts";
import type { PackageVerdict } from "../verdict.ts";
import { verifyPackage, type VerifyOptions } from "../verify-package.ts";
import { builtin } from "./builtin.ts";
import { isWorker, serve } from "./worker.ts";

type Scope = {
  readonly process?: { readonly versions?: { readonly node?: string }; exitCode?: number };
  countersignVerify?: { readonly verify: typeof verifyBytes };
};

function verifyBytes(bytes: Uint8Array, options: VerifyOptions = {}): PackageVerdict {
  const read = (offset: number, length: number) => bytes.subarray(offset, offset + length);
  return verifyPackage({ size: bytes.length, read }, options);
}

// What every engine calls its outermost object.
const scope = globalThis as Scope;
if (scope.process?.versions?.node !== undefined) {
  if (builtin("node:fs") === undefined)
    throw new Error(`Node ${scope.process.versions.node} is too old: 20.16 or later is needed`);
  scope.process.exitCode = main();
} else if (isWorker(scope)) {
  serve(scope);
} else {
  scope.countersignVerify = { verify: verifyBytes };
}
