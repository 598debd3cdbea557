/** The keys of a package's log, under the rule of docs/formats/keys.md: who signed, and how each key came to be one. */
import {
  equalHashes,
  followTrust,
  foldKeys,
  keysCounting,
  logVerifiers,
  newestKey,
  openHandover,
  openUnderChain,
  parseVerifierKey,
  type ChainKey,
  type Checkpoint,
  type Hash,
  type KeyChain,
  type NoteVerifier,
} from "@countersign/ledger";
import { CHECKPOINT_PATH, handoverPath, LOG_KEY_PATH } from "@countersign/package-format";
import type { Faults } from "./faults.ts";
import type { LogHead } from "./log-check.ts";
import type { LogFacts } from "./log-facts.ts";

export type KeyCheck = {
  readonly chain: KeyChain;
  /** The newest log key. */
  readonly logKey: NoteVerifier | undefined;
  /** The package's checkpoint, when it is good under the rule. */
  readonly checkpoint: Checkpoint | undefined;
  /** Sizes of the proven handovers, by the position of the key that hands over. */
  readonly handovers: readonly (number | undefined)[];
};

/** @param rootsAt of the records, at the sizes that the head claims; empty when not all could be read. */
export function checkKeys(
  head: LogHead,
  facts: LogFacts,
  rootsAt: ReadonlyMap<number, Hash>,
  complete: boolean,
  faults: Faults,
): KeyCheck {
  const folded = foldKeys(facts.keyEvents);
  for (const { index, message } of folded.faults) faults.add("key-record", `record ${index}`, message);
  const chain = usableChain(head, folded.chain, complete);
  compareKeyFile(head, chain, folded.chain.log.length > 0, faults);
  const newest = newestKey(chain, "log");
  const parsed = newest === undefined ? undefined : parseVerifierKey(newest.key);
  const logKey = parsed?.ok === true ? parsed.value : undefined;
  const checkpoint = openHead(head, chain, faults);
  return { chain, logKey, checkpoint, handovers: checkHandovers(head, chain, rootsAt, complete, faults) };
}

/** Where the records that name the keys are damaged, the key beside them still says whether the checkpoint holds. */
function usableChain(head: LogHead, chain: KeyChain, complete: boolean): KeyChain {
  const { keyText } = head;
  if (keyText === undefined) return chain;
  const missing = chain.log.length === 0 || (!complete && chain.log.every(({ key }) => key !== keyText));
  if (!missing || !parseVerifierKey(keyText).ok) return chain;
  return foldKeys([{ kind: "created", index: 0, log: keyText, attestation: "" }]).chain;
}

function compareKeyFile(head: LogHead, chain: KeyChain, named: boolean, faults: Faults): void {
  if (head.keyText === undefined) return;
  const here = parseVerifierKey(head.keyText);
  if (!here.ok) faults.add("log-key", LOG_KEY_PATH, here.error);
  else if (named && newestKey(chain, "log")?.key !== head.keyText)
    faults.add(
      "log-key",
      LOG_KEY_PATH,
      chain.log.length > 1
        ? "not the newest key that the log's records name"
        : "not the key that the log's first record names",
    );
}

function openHead(head: LogHead, chain: KeyChain, faults: Faults): Checkpoint | undefined {
  if (head.note === undefined || chain.log.length === 0) return undefined;
  const opened = openUnderChain(head.note, chain);
  if (!opened.ok) faults.add("checkpoint", CHECKPOINT_PATH, opened.error);
  return opened.ok ? opened.value : undefined;
}

/** One for each rotation, and none too many. */
function checkHandovers(
  head: LogHead,
  chain: KeyChain,
  rootsAt: ReadonlyMap<number, Hash>,
  complete: boolean,
  faults: Faults,
): (number | undefined)[] {
  for (let extra = chain.log.length; complete && extra <= head.handovers.length; extra++)
    faults.add("handover", handoverPath(extra), "the log has no rotation that it could hand over");
  return chain.log.slice(1).map((to, position) => {
    const where = handoverPath(position + 1);
    const [from, note] = [chain.log[position], head.handovers[position]];
    if (from === undefined) return undefined;
    if (note === undefined) {
      faults.add(
        "handover",
        where,
        `missing: nothing shows that the old key agreed to the rotation, record ${to.index}`,
      );
      return undefined;
    }
    const opened = openHandover(note, chain, from, to);
    const root = opened.ok ? rootsAt.get(opened.value.size) : undefined;
    if (!opened.ok) faults.add("handover", where, opened.error);
    else if (complete && (root === undefined || !equalHashes(root, opened.value.root)))
      faults.add("handover", where, `the records' root at size ${opened.value.size} is another`);
    else return opened.value.size;
    return undefined;
  });
}

/** Whether the key that signed the package may: it counts at the size of the checkpoint. @returns why not. */
export function attestationFault(keys: KeyCheck, facts: LogFacts, spki: string): string | undefined {
  const { chain, checkpoint } = keys;
  // Without the records that name it there is nothing to compare with; what is wrong with them is named already.
  if (facts.keyEvents.length === 0) return undefined;
  const size = checkpoint?.size ?? Number.MAX_SAFE_INTEGER;
  if (keysCounting(chain, "attestation", size).some(({ key }) => key === spki)) return undefined;
  const known = chain.attestation.find(({ key }) => key === spki);
  if (known?.revokedFrom !== undefined && size > known.revokedFrom)
    return `the key was revoked from size ${known.revokedFrom} on, and the package is of size ${size}`;
  if (known?.endedAt !== undefined) return `the key was retired by record ${known.endedAt}`;
  return chain.attestation.length > 1
    ? "not a key that the log's records name for statements"
    : "not the key that the log's first record names";
}

/** The log key that a reader trusts already, among those of the log; and whether trust passes from it to the newest. */
export function trustFrom(
  keys: KeyCheck,
  isGiven: (verifier: NoteVerifier) => boolean,
): { readonly handovers: number } | { readonly broken: string } | undefined {
  const verifier = logVerifiers(keys.chain).find(isGiven);
  const from: ChainKey | undefined = verifier && keys.chain.log.find(({ key }) => sameText(key, verifier));
  if (from === undefined) return undefined;
  const followed = followTrust(keys.chain, from, keys.handovers);
  return followed.ok ? followed.value : { broken: followed.error };
}

function sameText(key: string, verifier: NoteVerifier): boolean {
  const parsed = parseVerifierKey(key);
  return parsed.ok && Buffer.compare(parsed.value.publicKey, verifier.publicKey) === 0;
}
