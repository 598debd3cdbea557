/** What tests of verification share: bending a package, and looking for the fault that it must cause. */
import assert from "node:assert/strict";
import type { Fault, FaultCode } from "../faults.ts";
import { verifyPackage } from "../verify-package.ts";
import type { Story } from "./company.ts";
import { contentsOf, seal, sourceFor, type Files } from "./pack.ts";

export function faultsOf(files: Files): readonly Fault[] {
  const verdict = verifyPackage(sourceFor(files));
  assert.equal(verdict.intact, verdict.faults.length === 0);
  if (!verdict.intact) assert.deepEqual(verdict.shows, []);
  return verdict.faults;
}

export function changed(files: Files, change: (files: Files) => void): Files {
  const copy = new Map(files);
  change(copy);
  return copy;
}

/** Changes files and makes the manifest and the signature fit, as an insider with the attestation key can. */
export function resealed(story: Story, change: (files: Files) => void): Files {
  const contents = contentsOf(story, { partMax: 3000 });
  change(contents);
  return seal(story, contents);
}

export function codes(faults: readonly Fault[]): string {
  return faults.map((fault) => fault.code).join(" ");
}

export function names(faults: readonly Fault[], code: FaultCode, where: string | RegExp): void {
  const found = faults.some(
    (fault) =>
      fault.code === code && (typeof where === "string" ? fault.where === where : where.test(fault.where)),
  );
  assert.ok(found, `${code} at ${String(where)} is not among ${JSON.stringify(faults, null, 1)}`);
}
