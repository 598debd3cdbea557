/**
 * The month's letter with a checkpoint, as a mail message (RFC 5322, MIME): for somebody who keeps it and need not
 * understand it, and for whoever is asked to check it later.
 */
import { sha256, toHex, type EpochMs } from "@countersign/kernel";
import type { Recipient } from "@countersign/program";

export type Letter = {
  readonly organization: string;
  readonly to: Recipient;
  readonly sampleData: boolean;
  /** "2026-11" */
  readonly period: string;
  readonly at: EpochMs;
  readonly origin: string;
  readonly size: number;
  /** In base64. */
  readonly root: string;
  readonly fingerprint: string;
  readonly note: string;
  readonly fileName: string;
  /** When it is mailed. */
  readonly mail?: { readonly from: string; readonly to: readonly string[] };
};

export function letterText(letter: Letter): string {
  const { organization, size, at } = letter;
  const day = new Date(at).toISOString().slice(0, 10);
  const name = plain(organization);
  const reason = {
    auditor:
      "When you are given an audit package later, hold it against this file: that shows whether anything that was recorded by today was changed, left out or added afterwards.",
    board:
      "If anybody, also somebody of the company's own management, changed, left out or back-dated a record of this time later, the records would no longer fit this file. That can be shown only because somebody other than management has it: you.",
  };
  return [
    ...(letter.sampleData ? ["SAMPLE DATA: an invented company.", ""] : []),
    "Please keep this message and its attachment. Nothing else needs to be done.",
    "",
    `${name} records the evidence for its SOC 2 examination in a ledger. The attached file is a checkpoint: a short, signed text that fixes the whole content of that ledger, ${size} records on ${day}. It holds none of the records themselves, and no names.`,
    "",
    reason[letter.to],
    "",
    "What it does not say: whether what was recorded is true, or complete. It is no conclusion about any control.",
    "",
    "To check a package against it (no network is needed):",
    `  countersign verify PACKAGE.zip --since ${letter.fileName}`,
    `  node countersign-verify.mjs PACKAGE.zip --since ${letter.fileName}`,
    "",
    `  log          ${letter.origin}`,
    `  records      ${size}`,
    `  root         ${letter.root}`,
    `  key          ${letter.fingerprint}   (compare it once by another way, for example by telephone)`,
    "",
  ].join("\n");
}

/** The whole message. Lines end in CRLF, as mail programs write files. */
export function formatLetter(letter: Letter): string {
  const { mail, period } = letter;
  const text = letterText(letter);
  // Follows from the contents, so that the same letter is the same bytes.
  const id = toHex(sha256(`${letter.to}\n${period}\n${letter.note}`)).slice(0, 32);
  const boundary = `=_${id}`;
  const subject = `${plain(letter.organization)}: checkpoint of the compliance ledger, ${period}, ${letter.size} records`;
  const lines = [
    ...(mail === undefined
      ? // A mail program opens it as a draft.
        ["X-Unsent: 1"]
      : [`From: ${mail.from}`, `To: ${mail.to.join(", ")}`]),
    ...headerLines("Subject", subject),
    `Date: ${new Date(letter.at).toUTCString().replace("GMT", "+0000")}`,
    `Message-ID: <${id}@countersign.local>`,
    "MIME-Version: 1.0",
    `Content-Type: multipart/mixed; boundary="${boundary}"`,
    "",
    `--${boundary}`,
    "Content-Type: text/plain; charset=utf-8",
    "Content-Transfer-Encoding: base64",
    "",
    ...base64Lines(text),
    `--${boundary}`,
    `Content-Type: application/octet-stream; name="${letter.fileName}"`,
    ["Content-Disposition: attachment", `filename="${letter.fileName}"`].join("; "),
    "Content-Transfer-Encoding: base64",
    "",
    ...base64Lines(letter.note),
    `--${boundary}--`,
    "",
  ];
  return lines.join("\r\n");
}

/** A name from a file of the program is one line, whatever it holds: it stands in a header. */
function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ").trim();
}

function base64Lines(text: string): string[] {
  return (
    Buffer.from(text)
      .toString("base64")
      .match(/.{1,76}/g) ?? []
  );
}

/** RFC 2047: what is not ASCII stands in encoded words of at most 75 characters, cut between characters. */
function headerLines(name: string, value: string): string[] {
  if (/^[\x20-\x7e]{0,60}$/.test(value)) return [`${name}: ${value}`];
  const words: string[] = [];
  let held = "";
  const close = () => {
    if (held !== "") words.push(`=?utf-8?B?${Buffer.from(held).toString("base64")}?=`);
    held = "";
  };
  for (const character of value) {
    if (Buffer.byteLength(held + character) > 42) close();
    held += character;
  }
  close();
  return words.map((word, i) => (i === 0 ? `${name}: ${word}` : ` ${word}`));
}
