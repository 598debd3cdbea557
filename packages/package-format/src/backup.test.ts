import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Digest } from "@countersign/kernel";
import {
  backupCheckpointReader,
  backupFileReader,
  formatBackupCheckpoint,
  formatBackupFile,
  formatBackupHeader,
  formatBackupKeys,
  parseBackupHeader,
  parseBackupKeys,
  type BackupKeys,
} from "./backup.ts";

const page = readFileSync(join(import.meta.dirname, "../../../docs/formats/backup.md"), "utf8");
function example(name: string): string[] {
  const [, text] = new RegExp(`\`\`\`json example=${name}\\n([^\`]*)\\n\`\`\``).exec(page) ?? [];
  return (text ?? "").split("\n");
}
const bytes = (text: string): Buffer => Buffer.from(text);

test("the header and the lines that the page shows are read, and written again they are the same", () => {
  const [text = ""] = example("backup-header");
  const header = parseBackupHeader(bytes(text));
  assert.ok(header.ok, header.ok ? "" : header.error);
  assert.equal(formatBackupHeader(header.value), text);
  const read = backupFileReader();
  const lines = example("backup-file");
  assert.equal(lines.length, 3);
  for (const line of lines) {
    const file = read(bytes(line));
    assert.ok(file.ok, file.ok ? "" : file.error);
    assert.equal(formatBackupFile(file.value), line);
  }
});

test("a header of a log without records, of another format, or of an organization that is no folder's name is refused", () => {
  const [text = ""] = example("backup-header");
  for (const [from, to] of [
    ['"size":3', '"size":0'],
    ["countersign-backup-1", "countersign-backup-9"],
    ['"acme"', '"../acme"'],
    ['"acme"', '"a/b"'],
    ['"acme"', '".."'],
    ['"acme"', '"con"'],
    ['"keys":false,', ""],
    ['"keys":false', '"keys":"no"'],
    ['"checkpoints":2', '"checkpoints":-1'],
    ["2026-07-01T09:00:00Z", "yesterday"],
  ] as const) {
    assert.ok(text.includes(from));
    assert.equal(parseBackupHeader(bytes(text.replace(from, to))).ok, false, to);
  }
});

test("a file is plain, salted or a list with erased lines, and nothing in between", () => {
  const read = backupFileReader();
  const digest = `sha256:${"1".repeat(64)}`;
  for (const line of [
    `{"digest":"${digest}"}`,
    `{"digest":"${digest}","erasedLines":1,"salt":"${"0".repeat(32)}","size":1}`,
    `{"digest":"${digest}","salt":"short","size":1}`,
    `{"digest":"${digest}","path":"/etc/passwd","size":1}`,
    `{"digest":"../x","size":1}`,
    `{"size":1,"digest":"${digest}"}`,
    "[]",
    "",
  ])
    assert.equal(read(bytes(line)).ok, false, line);
  assert.equal(read(bytes(formatBackupFile({ digest: digest as Digest, size: 0 }))).ok, true);
});

test("a checkpoint says its note and when it was published", () => {
  const read = backupCheckpointReader();
  const line = formatBackupCheckpoint({
    note: "a note\n",
    publishedAt: "2026-07-01T09:00:00Z" as never,
    clockWentBack: true,
  });
  const back = read(bytes(line));
  assert.deepEqual(back.ok && back.value.clockWentBack, true);
  assert.equal(read(bytes(line.replace("true", "1"))).ok, false);
});

test("keys are written in one order, and what is wrong with them is told without repeating them", () => {
  const keys: BackupKeys = {
    format: "countersign-backup-keys-1",
    organization: "acme",
    log: ["b-secret", "a-secret"],
    attestation: ["c-secret"],
    directory: "0f".repeat(32),
  };
  const text = formatBackupKeys(keys);
  assert.equal(text, formatBackupKeys({ ...keys, log: keys.log.toReversed() }));
  assert.equal(parseBackupKeys(bytes(text)).ok, true);
  assert.equal(parseBackupKeys(bytes(text.replace("0f".repeat(32), ""))).ok, true, "nobody is named yet");
  for (const broken of [
    text.replace('["c-secret"]', '"c-secret"'),
    text.replace('"b-secret"', '{"b-secret":1}'),
    text.replace("0f0f", "secret"),
    text.slice(0, -5),
  ]) {
    const read = parseBackupKeys(bytes(broken));
    assert.ok(!read.ok);
    assert.doesNotMatch(read.error, /secret|0f0f/);
  }
});
