/** Whom to trust, in a file (C2SP tlog-policy, draft): logs, witnesses, and how many of them must have cosigned. */
import { err, ok, type Result } from "@countersign/kernel";
import { openSignedCheckpoint, type Checkpoint } from "./checkpoint.ts";
import { canVerify, type GoodSignature } from "./note.ts";
import { parseVerifierKey, type NoteVerifier, type SignatureType } from "./note-key.ts";

export type PolicyLog = { readonly key: NoteVerifier; readonly url: string | undefined };

export type PolicyWitness = {
  readonly name: string;
  readonly key: NoteVerifier;
  readonly url: string | undefined;
};

export type PolicyGroup = {
  readonly name: string;
  readonly threshold: number;
  readonly members: readonly string[];
};

/** Names mean something within the file only; witnesses and groups share them. */
export type Policy = {
  readonly logs: readonly PolicyLog[];
  readonly witnesses: readonly PolicyWitness[];
  /** In the order of the file: members of a group stand before it. */
  readonly groups: readonly PolicyGroup[];
  /** A witness, a group, or undefined for "none". */
  readonly quorum: string | undefined;
};

export type JudgedCheckpoint = {
  readonly checkpoint: Checkpoint;
  readonly logSignatures: readonly GoodSignature[];
  readonly cosignatures: readonly { readonly witness: PolicyWitness; readonly timestamp: bigint }[];
};

/** The specification asks for at least 32 of each. */
export const POLICY_NAMES_MAX = 1000;

const LOG_TYPES: readonly SignatureType[] = ["ed25519", "ml-dsa-44"];
const WITNESS_TYPES: readonly SignatureType[] = ["cosignature/v1", "ml-dsa-44"];
const NONE = "none";

/** An error names its line. */
export function parsePolicy(file: Uint8Array | string): Result<Policy, string> {
  // The file is octets: one character each, so that nothing but ASCII has a meaning and names compare as they stand.
  const text = Buffer.from(file).toString("latin1");
  if (/[^\t\n\x20-\x7e\x80-\xff]/.test(text)) return err("a policy holds no control characters");
  if (!text.endsWith("\n")) return err("the last line of a policy ends in a newline");
  const reader = new PolicyReader();
  for (const [i, line] of text.slice(0, -1).split("\n").entries()) {
    const words = line.split(/[ \t]+/).filter((word) => word !== "");
    const fault = words.length === 0 || words[0]?.startsWith("#") === true ? undefined : reader.take(words);
    if (fault !== undefined) return err(`line ${i + 1}: ${fault}`);
  }
  return reader.finish();
}

class PolicyReader {
  readonly #logs: PolicyLog[] = [];
  readonly #witnesses: PolicyWitness[] = [];
  readonly #groups: PolicyGroup[] = [];
  readonly #defined = new Set<string>();
  readonly #membersOfGroups = new Set<string>();
  #quorum: { readonly name: string | undefined } | undefined;

  /** @returns what is wrong with the line */
  take(words: readonly string[]): string | undefined {
    const [keyword, ...rest] = words;
    if (this.#logs.length + this.#defined.size >= POLICY_NAMES_MAX)
      return `more than ${POLICY_NAMES_MAX} logs, witnesses and groups`;
    switch (keyword) {
      case "log":
        return this.#log(rest);
      case "witness":
        return this.#witness(rest);
      case "group":
        return this.#group(rest);
      case "quorum":
        return this.#setQuorum(rest);
      default:
        return `a line begins with log, witness, group or quorum, not with ${printed(keyword ?? "")}`;
    }
  }

  finish(): Result<Policy, string> {
    if (this.#quorum === undefined) return err("no quorum line");
    return ok({
      logs: this.#logs,
      witnesses: this.#witnesses,
      groups: this.#groups,
      quorum: this.#quorum.name,
    });
  }

  #log([vkey, url, ...more]: readonly string[]): string | undefined {
    if (vkey === undefined || more.length > 0) return "log <vkey> [<url>]";
    const key = this.#key(vkey, LOG_TYPES);
    if (!key.ok) return key.error;
    this.#logs.push({ key: key.value, url: url === undefined ? undefined : printed(url) });
    return undefined;
  }

  #witness([name, vkey, url, ...more]: readonly string[]): string | undefined {
    if (name === undefined || vkey === undefined || more.length > 0) return "witness <name> <vkey> [<url>]";
    const key = this.#key(vkey, WITNESS_TYPES);
    if (!key.ok) return key.error;
    const fault = this.#define(name);
    if (fault !== undefined) return fault;
    this.#witnesses.push({
      name: printed(name),
      key: key.value,
      url: url === undefined ? undefined : printed(url),
    });
    return undefined;
  }

  /** No key twice, also under another name; and the key of a log is not its own witness. */
  #key(vkey: string, types: readonly SignatureType[]): Result<NoteVerifier, string> {
    const parsed = parseVerifierKey(printed(vkey), types);
    if (!parsed.ok) return parsed;
    const key = parsed.value;
    const known = [...this.#logs, ...this.#witnesses].some((each) => sameKey(each.key, key));
    return known ? err(`the public key of ${key.name} stands here twice`) : ok(key);
  }

  #define(name: string): string | undefined {
    if (name === NONE) return "the name none is taken";
    if (this.#defined.has(name)) return `${printed(name)} is defined twice`;
    this.#defined.add(name);
    return undefined;
  }

  #group([name, rule, ...members]: readonly string[]): string | undefined {
    if (name === undefined || rule === undefined || members.length === 0)
      return "group <name> all|any|<k> <name>...";
    for (const member of members) {
      if (!this.#defined.has(member)) return `${printed(member)} is not defined above`;
      if (this.#membersOfGroups.has(member)) return `${printed(member)} is a member twice`;
      this.#membersOfGroups.add(member);
    }
    const threshold = thresholdOf(rule, members.length);
    if (threshold === undefined) return `a threshold is all, any, or 1 to ${members.length}`;
    const fault = this.#define(name);
    if (fault !== undefined) return fault;
    this.#groups.push({ name: printed(name), threshold, members: members.map(printed) });
    return undefined;
  }

  #setQuorum([name, ...more]: readonly string[]): string | undefined {
    if (name === undefined || more.length > 0) return "quorum <name>";
    if (this.#quorum !== undefined) return "a second quorum line";
    if (name !== NONE && !this.#defined.has(name)) return `${printed(name)} is not defined above`;
    this.#quorum = { name: name === NONE ? undefined : printed(name) };
    return undefined;
  }
}

function thresholdOf(rule: string, count: number): number | undefined {
  if (rule === "any") return 1;
  if (rule === "all") return count;
  const threshold = /^[1-9][0-9]{0,3}$/.test(rule) ? Number(rule) : undefined;
  return threshold === undefined || threshold > count ? undefined : threshold;
}

function sameKey(a: NoteVerifier, b: NoteVerifier): boolean {
  return Buffer.compare(a.publicKey, b.publicKey) === 0;
}

/**
 * Octets as people read them. Those that are no UTF-8 become lone surrogates, which no UTF-8 decodes to, so that names
 * which differ stay different.
 */
function printed(octets: string): string {
  const bytes = Buffer.from(octets, "latin1");
  const text = bytes.toString("utf8");
  if (Buffer.from(text).equals(bytes)) return text;
  return octets.replaceAll(/[\x80-\xff]/g, (octet) => String.fromCharCode(0xdc00 + octet.charCodeAt(0)));
}

/** That a checkpoint is signed by a log of the policy, and cosigned as its quorum asks. Times are not judged. */
export function judgeCheckpoint(policy: Policy, note: string | Uint8Array): Result<JudgedCheckpoint, string> {
  const logKeys = policy.logs.map(({ key }) => key);
  const witnessKeys = policy.witnesses.map(({ key }) => key);
  const opened = openSignedCheckpoint(note, logKeys, witnessKeys);
  if (!opened.ok) return opened;
  const { checkpoint, logSignatures } = opened.value;
  const cosignatures = opened.value.cosignatures.flatMap(({ verifier, timestamp }) => {
    const witness = policy.witnesses.find(({ key }) => key === verifier);
    return witness === undefined || timestamp === undefined ? [] : [{ witness, timestamp }];
  });
  const missing = missingForQuorum(policy, new Set(cosignatures.map(({ witness }) => witness.name)));
  if (missing !== undefined) return err(missing);
  return ok({ checkpoint, logSignatures, cosignatures });
}

/** @param cosigned names of witnesses. @returns what the quorum lacks; undefined when it is there */
export function missingForQuorum(policy: Policy, cosigned: ReadonlySet<string>): string | undefined {
  if (policy.quorum === undefined) return undefined;
  const witnessed = new Set(cosigned);
  const notes: string[] = [];
  for (const { name, threshold, members } of policy.groups) {
    const count = members.filter((member) => witnessed.has(member)).length;
    if (count >= threshold) witnessed.add(name);
    else if (name === policy.quorum) notes.push(`${count} of the ${threshold} that ${name} needs`);
  }
  if (witnessed.has(policy.quorum)) return undefined;
  const unreadable = policy.witnesses.filter(({ key }) => !canVerify(key)).map(({ name }) => name);
  if (unreadable.length > 0) notes.push(`signatures of ${unreadable.join(", ")} cannot be checked here`);
  return [`not cosigned by ${policy.quorum}`, ...notes].join("; ");
}
