/** program.lock: the recorded program that the folder was changed from, so that nobody's change is taken back unseen. */
import type { Digest } from "@countersign/kernel";
import type { YamlFile } from "./yaml-file.ts";

export const PROGRAM_LOCK = "program.lock";
const NOTHING = "nothing";

/** @param basedOn null: no program was recorded yet */
export function programLock(basedOn: Digest | null): string {
  return [
    "# Written by countersign, and committed with the folder: the recorded program that these files were changed from.",
    `basedOn: ${basedOn ?? NOTHING}`,
    "",
  ].join("\n");
}

/** @returns undefined where the folder has no lock, as those of older versions have none */
export function basedOnOf(file: YamlFile | undefined): Digest | null | undefined {
  if (file === undefined) return undefined;
  // Its schema allows nothing else.
  const { basedOn } = file.value as { readonly basedOn: Digest | typeof NOTHING };
  return basedOn === NOTHING ? null : basedOn;
}
