/** Takes a commit object apart. Whatever stands in it is read as far as it goes: odd commits exist in old histories. */
import type { EpochMs } from "@countersign/kernel";

export type Signature = "none" | "pgp" | "ssh" | "x509" | "other";

export type Ident = {
  readonly name: string;
  readonly email: string;
  /** Absent where the line carries no date that can be read. */
  readonly at?: EpochMs;
};

export type Commit = {
  readonly parents: readonly string[];
  readonly author?: Ident;
  readonly committer?: Ident;
  readonly signature: Signature;
  readonly message: string;
  /** Why the text may differ from what was meant: bytes that are not in the stated encoding, an unknown encoding. */
  readonly encodingTrouble?: string;
};

/** Records hold years of four digits. */
const LAST_SECOND = 253_402_300_799;
const LONGEST_IDENT = 1000;

export function parseCommit(bytes: Buffer): Commit {
  const { headers, messageStart } = splitHeaders(bytes);
  const first = (name: string): Buffer | undefined => headers.find((header) => header.name === name)?.value;
  const label = first("encoding")?.toString("latin1").trim();
  const decoder = decoderFor(label);
  let replaced = false;
  const decode = (value: Buffer): string => {
    const text = decoder.decode(value);
    replaced ||= text.includes("\ufffd");
    return text;
  };
  const author = first("author");
  const committer = first("committer");
  const signature = first("gpgsig") ?? first("gpgsig-sha256");
  const commit = {
    parents: headers
      .filter((header) => header.name === "parent")
      .map((header) => header.value.toString("latin1")),
    ...(author === undefined ? {} : { author: parseIdent(decode(author)) }),
    ...(committer === undefined ? {} : { committer: parseIdent(decode(committer)) }),
    signature: signatureKind(signature),
    message: decode(bytes.subarray(messageStart)),
  };
  if (!decoder.known)
    return { ...commit, encodingTrouble: `its encoding ${label ?? ""} is not known and was read as UTF-8` };
  return replaced
    ? { ...commit, encodingTrouble: `it holds bytes that are not ${label ?? "UTF-8"}` }
    : commit;
}

type Header = { readonly name: string; readonly value: Buffer };

/** A line that starts with a space goes on with the header before it. */
function splitHeaders(bytes: Buffer): { readonly headers: readonly Header[]; readonly messageStart: number } {
  const headers: { name: string; value: Buffer; end: number }[] = [];
  let at = 0;
  while (at < bytes.length) {
    const found = bytes.indexOf(0x0a, at);
    const end = found < 0 ? bytes.length : found;
    if (end === at) return { headers, messageStart: at + 1 };
    const previous = headers.at(-1);
    if (bytes[at] === 0x20 && previous !== undefined) {
      previous.value = bytes.subarray(previous.end - previous.value.length, end);
      previous.end = end;
    } else {
      const space = bytes.indexOf(0x20, at);
      const nameEnd = space < 0 || space > end ? end : space;
      const value = bytes.subarray(Math.min(nameEnd + 1, end), end);
      headers.push({ name: bytes.toString("latin1", at, nameEnd), value, end });
    }
    at = end + 1;
  }
  return { headers, messageStart: bytes.length };
}

function decoderFor(label: string | undefined): { readonly known: boolean; decode(bytes: Buffer): string } {
  try {
    const decoder = new TextDecoder(label ?? "utf-8", { ignoreBOM: true });
    return { known: true, decode: (bytes) => decoder.decode(bytes) };
  } catch {
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    return { known: false, decode: (bytes) => decoder.decode(bytes) };
  }
}

/** "Ada Example <ada@lumen.example> 1767225600 +0100", and what is like it: no address, two brackets, no date. */
export function parseIdent(line: string): Ident {
  const open = line.indexOf("<");
  const close = line.lastIndexOf(">");
  const bracketed = open >= 0 && close > open;
  const tail = (bracketed ? line.slice(close + 1) : line).trimEnd().slice(-LONGEST_IDENT);
  const date = bracketed ? /^\s*(\d{1,14})\b/.exec(tail) : /(?:^|\s)(\d{1,14})(?: [+-]\d{1,6})?$/.exec(tail);
  const name = bracketed ? line.slice(0, open) : tail.slice(0, date?.index ?? tail.length);
  const email = bracketed
    ? line
        .slice(open + 1, close)
        .slice(0, LONGEST_IDENT)
        .replaceAll(/[<>\s]+/g, "")
    : "";
  const seconds = Number(date?.[1] ?? Number.NaN);
  const readable = Number.isSafeInteger(seconds) && seconds <= LAST_SECOND;
  return { name: name.slice(0, LONGEST_IDENT).trim(), email, ...(readable ? { at: seconds * 1000 } : {}) };
}

function signatureKind(signature: Buffer | undefined): Signature {
  if (signature === undefined) return "none";
  const start = signature.toString("latin1", 0, 64);
  if (start.includes("BEGIN PGP")) return "pgp";
  if (start.includes("BEGIN SSH SIGNATURE")) return "ssh";
  return start.includes("BEGIN SIGNED MESSAGE") ? "x509" : "other";
}
