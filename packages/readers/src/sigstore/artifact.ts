/** Which part of what was signed an artifact is, by its digest. */
import type { Artifact, Match, Signed } from "./outcome.ts";

/** @returns undefined where the statement speaks of other things. */
export function matchArtifact(signed: Signed, { digests }: Artifact): Match | undefined {
  if (signed.kind === "artifact") return { kind: "whole", algorithm: "sha256", hex: digests.sha256 };
  const { subjects, predicate } = signed.statement;
  for (const algorithm of ["sha256", "sha512"] as const)
    for (const subject of subjects)
      if (subject.digests[algorithm] === digests[algorithm])
        return { kind: "subject", name: subject.name, algorithm, hex: digests[algorithm] };
  if (predicate.kind !== "model-signature" || predicate.method !== "files") return undefined;
  const file = predicate.files.find((each) => each.algorithm === "sha256" && each.digest === digests.sha256);
  return file === undefined
    ? undefined
    : { kind: "file", name: file.name, algorithm: "sha256", hex: digests.sha256 };
}
