/** What the reader brings along about anchors: whom to trust, and anchored checkpoints of their own. */
import {
  judgeCheckpoint,
  parseCheckpointUnsafe,
  parsePemCertificates,
  parsePolicy,
  type Certificate,
} from "@countersign/ledger";
import { judgeStamp, type AnchorResult, type AnchorTrust } from "./anchor-check.ts";
import type { SinceCheckpoint, SinceResult } from "./brought-along.ts";
import type { Faults } from "./faults.ts";
import { instantOf } from "./seconds.ts";

export type TrustOptions = {
  readonly timeStampRoots?: readonly { readonly name: string; readonly pem: string }[];
  readonly policy?: { readonly name: string; readonly text: Uint8Array | string };
};

/** A file that cannot be read is a fault, so that nobody takes "not checked" for "nothing to check". */
export function readTrust(options: TrustOptions, faults: Faults): AnchorTrust {
  let roots: readonly Certificate[] | undefined;
  for (const { name, pem } of options.timeStampRoots ?? []) {
    const read = parsePemCertificates(pem);
    if (read.ok) roots = [...(roots ?? []), ...read.value];
    else faults.add("trust-unreadable", name, read.error);
  }
  const policy = options.policy && parsePolicy(options.policy.text);
  if (options.policy !== undefined && policy?.ok === false)
    faults.add("trust-unreadable", options.policy.name, policy.error);
  return { roots, policy: policy?.ok === true ? policy.value : undefined };
}

/** Checkpoints that the log extends, and that were stamped or cosigned: then the date is somebody else's word. */
export function broughtAnchors(
  since: readonly SinceCheckpoint[],
  compared: readonly SinceResult[],
  trust: AnchorTrust,
  faults: Faults,
): AnchorResult[] {
  return since.flatMap((each) => {
    const result = compared.find(({ name, outcome }) => name === each.name && outcome === "extends");
    return [...stampOf(each, result, trust, faults), ...cosignaturesOf(each, result, trust)];
  });
}

function stampOf(
  { name, note, stamp }: SinceCheckpoint,
  result: SinceResult | undefined,
  { roots }: AnchorTrust,
  faults: Faults,
): AnchorResult[] {
  if (stamp === undefined) return [];
  const judged = judgeStamp(stamp, note, roots);
  if ("fault" in judged) {
    faults.add("since-unreadable", name, `the time stamp beside it: ${judged.fault}`);
    return [];
  }
  const checkpoint = parseCheckpointUnsafe(note);
  if (result === undefined || !checkpoint.ok || judged.at === undefined) return [];
  return [
    {
      kind: "time-stamp",
      where: name,
      toward: judged.authority ?? "an authority",
      size: checkpoint.value.size,
      at: judged.at,
      outcome: judged.why === undefined ? "trusted" : "not-checked",
      ...(judged.why === undefined ? {} : { why: judged.why }),
    },
  ];
}

/** Under a policy that its quorum meets; without one, whose cosignatures they are is nobody's to say. */
function cosignaturesOf(
  { name, note }: SinceCheckpoint,
  result: SinceResult | undefined,
  { policy }: AnchorTrust,
): AnchorResult[] {
  if (policy?.quorum === undefined || result === undefined) return [];
  const judged = judgeCheckpoint(policy, note);
  if (!judged.ok) return [];
  return judged.value.cosignatures.map(({ witness, timestamp }) => ({
    kind: "cosignature" as const,
    where: name,
    toward: witness.key.name,
    size: judged.value.checkpoint.size,
    at: instantOf(timestamp),
    outcome: "trusted" as const,
  }));
}
