/**
 * What an adversary, a crash or a careless hand may do to a ledger, and tests that show what happens then. Each title is
 * held against the file that it is said to stand in, so that no attack loses its tests unseen.
 */
export type Attack = {
  readonly number: number;
  readonly what: string;
  /** By file: titles of tests in it; `…` stands for what differs from case to case. */
  readonly tests: Readonly<Record<string, readonly string[]>>;
};

export const attacks: readonly Attack[] = [
  {
    number: 1,
    what: "two checkpoints of one size with two roots: a split view",
    tests: {
      "packages/ledger/src/misbehaviour.test.ts": [
        "two roots of one size are proof of a split view, also where the key was changed in between",
      ],
      "packages/verify/src/insider.test.ts": [
        "two checkpoints of one size that show different logs are printed as proof, whole, for anybody to check",
      ],
    },
  },
  {
    number: 2,
    what: "a log that forks after some size",
    tests: {
      "packages/ledger/src/merkle.test.ts": [
        "a log that was forked after m entries has no proof of consistency, whatever is tried",
      ],
      "packages/verify/src/insider.test.ts": [
        "a checkpoint that somebody kept names the fork, with both roots",
      ],
      "testing/anchors/witness.test.ts": [
        "a log that forked after a cosigned checkpoint gets 422, a fault that names the witness, and evidence",
      ],
    },
  },
  {
    number: 3,
    what: "a whole store put back from an older copy",
    tests: {
      "testing/anchors/witness.test.ts": [
        "a store that was restored from before a cosigned checkpoint is refused, and the witness is named",
      ],
      "testing/anchors/stamp-journey.test.ts": [
        "an old copy of the database is refused by the checkpoint under a stamp, and the refusal says where it looked",
      ],
      "packages/verify/src/insider.test.ts": ["a log cut back to before a checkpoint is a rollback"],
      "testing/backup/backup.test.ts": [
        "a backup older than a checkpoint kept outside is refused before anything is written, and one of before it is not",
      ],
    },
  },
  {
    number: 4,
    what: "the race that makes a careless witness go back",
    tests: {
      "testing/anchors/witness.test.ts": [
        "the six-step race rolls nothing back in a witness that checks and writes in one step",
      ],
    },
  },
  {
    number: 5,
    what: "tiles that are cut, too wide, too many or of another size",
    tests: {
      "packages/ledger/src/verify-tiled-log.test.ts": ["each damage is named as what it is"],
      "testing/log/export.test.ts": [
        "each class of file with another byte is refused by name, and nothing is written",
      ],
      "packages/ledger/src/tile-path.test.ts": ["what is not exactly a tile's path is none"],
    },
  },
  {
    number: 6,
    what: "one flipped bit anywhere in entries, tiles, checkpoints, database or files",
    tests: {
      "packages/ledger/src/verify-tiled-log.test.ts": [
        "a flipped bit in any one file is found, with its place, and every other entry is still proven",
      ],
      "packages/store/src/check/one-bit.test.ts": [
        "one bit in any column of records, tree, checkpoints, queue and state is found in its place, and the rest is proven",
      ],
      "testing/journeys/fsck.test.ts": [
        "one bit in any stored file is found, with what it is, what rests on it and what is proven without it",
      ],
      "testing/backup/damage.test.ts": [
        "one changed bit anywhere in the file is refused, unless every file in it is what it was",
      ],
    },
  },
  {
    number: 7,
    what: "a bit that flips between hashing and writing",
    tests: {
      "packages/store/src/sequencer.test.ts": [
        "a record that is altered while it waits for its index is found: its hash was taken when it was written (line 7)",
      ],
    },
  },
  {
    number: 8,
    what: "entries reordered, dropped, added; a leaf that looks like a node",
    tests: {
      "packages/ledger/src/verify-tiled-log.test.ts": [
        "a dropped, added, changed, swapped or moved entry is found, though its tile was written anew with it",
        "an entry whose bytes look like a node of the tree does not become one",
      ],
    },
  },
  {
    number: 9,
    what: "proofs that are too long, too short, of other sizes or odd numbers",
    tests: {
      "testing/vectors/vectors.test.ts": [
        "RFC 6962: inclusion proofs hold, and hundreds of probes do not",
        "RFC 6962: consistency proofs hold, and hundreds of probes do not",
        "tlog-proof: files are judged as the specification says",
      ],
    },
  },
  {
    number: 10,
    what: "malformed notes, unknown keys, known keys with bad signatures",
    tests: {
      "testing/vectors/vectors.test.ts": [
        "signed-note: notes and keys are judged as the specification says",
        "checkpoint: sizes, roots and lines are judged as the specification says",
      ],
    },
  },
  {
    number: 11,
    what: "keys that overlap, are retired or revoked, serve twice, or are odd points",
    tests: {
      "packages/ledger/src/key-chain.test.ts": [
        "line 11, overlapping validity: from the rotation's record to the retirement's, both keys must sign",
        "line 11, a rotation record forged by somebody without the old key: the handover lacks its signature",
      ],
      "packages/verify/src/rotation.test.ts": [
        "line 11: a rotation record forged by somebody without the old key is found, however they sign",
      ],
      "testing/journeys/keys.test.ts": [
        "line 11: a revoked key leads nowhere, and a checkpoint that it signed beyond the size is refused",
      ],
      "testing/backup/backup.test.ts": [
        "a backup holds no private key, however it is spelled; one made with --with-keys holds each of them",
        "restored without keys a workspace is read and checked, records nothing, and makes itself no other keys",
      ],
      "packages/ledger/src/policy.test.ts": ["the key of a log cannot be a witness of it under another type"],
      "testing/vectors/vectors.test.ts": ["Ed25519: odd points are judged by the one rule"],
    },
  },
  {
    number: 12,
    what: "a kill at every system call",
    tests: {
      "testing/durability/sweep.test.ts": [
        "each write, rename and fsync of an append fails once, and is the last thing once: nothing acknowledged is lost (lines 12, 13, 15)",
        "each write, rename and fsync of an export fails once, and is the last thing once: no half package stands for a whole one (lines 12, 13)",
        "each write, rename and fsync of an export of the log fails once, and is the last thing once: a checkpoint has its whole log, and the command goes on (lines 12, 13)",
      ],
      "testing/durability/backup-sweep.test.ts": [
        "each write, rename and fsync of a backup fails once, and is the last thing once: no half backup stands for a whole one (lines 12, 13)",
        "each write, link and fsync of a restore fails once, and is the last thing once: what is not whole is marked, and the same command finishes it (lines 12, 13)",
      ],
      "testing/durability/backend-death.test.ts": [
        "a server process that is killed before the commit: the append is refused in words, nothing of it is there, and sent again it is there once",
        "a server process that is killed between the commit and its answer: refused in words and there, and sent again it is there once still",
        "a command whose server process is killed after the commit says what to do, and what it added is there once and whole",
      ],
    },
  },
  {
    number: 13,
    what: "an error at every call, an fsync that fails once, and writes that take a part of their bytes",
    tests: {
      "testing/durability/short-writes.test.ts": [
        "an append, a package, an export of the log and a backup are whole although each of their writes is cut",
        "stored files are whole however they are cut on their way, and where room runs out in one it is told and not there",
        "a key that the disk has room for half of is told in words and is not there, and is made when there is room",
      ],
      "packages/store/src/halt.test.ts": [
        "after one failed fsync nothing of the process is written any more: no file, no transaction, no checkpoint (line 13)",
      ],
      "packages/store/src/server-settings.test.ts": [
        "the embedded server does not try a failed fsync again, whatever its files say (line 13)",
      ],
    },
  },
  {
    number: 14,
    what: "a full disk, no more names, reading only, no more open files",
    tests: {
      "testing/durability/full-disk.test.ts": [
        "a full disk is told in words, and after room is made everything acknowledged is whole and the rest goes on (line 14)",
        "a disk without room for another name, and one for reading only, are told in words (line 14)",
        "a process that may open no more files says so, and what it kept is whole (line 14)",
      ],
    },
  },
  {
    number: 15,
    what: "a crash between writing, sequencing and publishing",
    tests: {
      "packages/store/src/sequencer.test.ts": [
        "a record that was sequenced by a holder that died is published by the next, at the same index (line 15)",
      ],
    },
  },
  {
    number: 16,
    what: "a power cut that loses what was not synced",
    tests: {
      "testing/durability/power-loss.test.ts": [
        "a power cut after any call loses no file that was acknowledged and leaves no half one under its name (line 16)",
      ],
    },
  },
  {
    number: 17,
    what: "two processes on one store, stalled holders, leases of the past and the future",
    tests: {
      "packages/store/src/sequencer.test.ts": [
        "a holder that stalled and wakes up beside its successor neither sequences nor publishes (line 17)",
        "two processes that believe to be one holder give no index twice and contradict each other nowhere (line 17)",
      ],
      "testing/durability/races.test.ts": [
        "loops of collect and evidence add side by side all finish, and every record is there once",
      ],
    },
  },
  {
    number: 18,
    what: "ten thousand submissions of one record at once",
    tests: {
      "packages/store/src/sequencer.test.ts": [
        "ten thousand submissions of one record at once, from two processes' stores, give one index and one receipt (line 18)",
        "another record under an id that is taken is refused, alone and beside the first, and its neighbours are kept (line 18)",
      ],
    },
  },
  {
    number: 19,
    what: "a restart in the middle of long work: a check, a sequencing, an export, a backup, a restore",
    tests: {
      "testing/backup/interrupted.test.ts": [
        "a restore that is killed leaves no workspace that any command opens; run again it finishes, whatever was there",
        "a backup that is killed leaves no file under its name, and what it leaves beside it is refused",
      ],
      "packages/store/src/sequencer.test.ts": [
        "a long queue whose sequencing is interrupted twice ends with the tree of its records, in their order (line 19)",
      ],
      "testing/durability/restart.test.ts": [
        "a queue of … records whose sequencing is killed twice ends in the order in which they came (line 19)",
        "a rebuilding of projections that is killed at a tile and at a row of state leaves all as it was, and ends when it is run again (line 19)",
        "an export of … records that is killed twice ends with the bytes of one that was not (line 19)",
        "a restore of … records that is killed twice ends in the workspace that was backed up (line 19)",
      ],
      "packages/store/src/check/check-store.test.ts": [
        "a check that is stopped at any page goes on there, and finds what a whole one finds",
      ],
      "testing/log/export.test.ts": [
        "an export that is interrupted at any file has no checkpoint, and goes on to the bytes of one that was not (line 19)",
      ],
      "testing/journeys/fsck.test.ts": [
        "a check that is interrupted says where, and --resume goes on there and finds what lies after",
      ],
    },
  },
  {
    number: 20,
    what: "a clock that goes back, leaps forward or stands still, and a leap second",
    tests: {
      "packages/store/src/sequencer.test.ts": [
        "a clock that goes back an hour, forward ten years, or stands still moves no entry, and is marked (line 20)",
      ],
      "testing/adversarial/leap-second.test.ts": [
        "a leap second is the next one wherever a time is read: typed, in a file with and without its zone",
        "a time stamp that was given in a leap second is one of the next second, and one of no second is refused",
        "a machine that counts the second before a leap second twice moves no entry, and its step back is marked",
      ],
      "testing/backup/clock-back.test.ts": [
        "a log whose clock was once set back is backed up and restored, and fsck says of both the same",
      ],
      "testing/anchors/verify-anchors.test.ts": [
        "a record that claims a later time than the stamp over it is named: the outside time counts",
      ],
    },
  },
  {
    number: 21,
    what: "time stamps over something else, without a nonce, expired, or of somebody else",
    tests: {
      "testing/anchors/time-stamp.test.ts": [
        "a stamp forged without a fault is accepted by both, so that each fault below is the only one",
        "refused: …",
        "whatever byte of a stamp is changed or cut, it is refused in words and never accepted for the same bytes",
      ],
      "testing/anchors/asking.test.ts": ["whatever else it answers is refused, each with its own reason"],
    },
  },
  {
    number: 22,
    what: "records that are empty, too large, too deep, or odd JSON",
    tests: {
      "packages/ledger/src/verify-tiled-log.test.ts": [
        "entries of no bytes and of 65,535 bytes are kept, and longer ones refused",
      ],
      "testing/verifier/input-bounds.test.ts": [
        "…: the log's line is …, and nothing breaks",
        "…: a list's line is …, and nothing breaks",
      ],
    },
  },
  {
    number: 23,
    what: "archives with paths that leave, links, twins, bombs",
    tests: {
      "packages/verify/src/verify-package.test.ts": ["zip tricks are refused around a good package"],
      "testing/verifier/zip-bytes.test.ts": [
        "… is refused and named, and nothing is written, followed or started",
        "a bit flipped anywhere in the compressed contents is said of the file that it is in",
      ],
      "testing/backup/damage.test.ts": ["forged with its manifest, and refused all the same: …"],
    },
  },
  {
    number: 24,
    what: "sizes around the borders of tiles, up to a hundred million",
    tests: {
      "packages/ledger/src/merkle.test.ts": [
        "proofs hold at the borders of tiles, at a hundred million, and at the largest size that is exact",
      ],
      "packages/ledger/src/verify-tiled-log.test.ts": [
        "whole logs of every size around the borders are whole, and every entry is proven",
      ],
      "packages/ledger/src/tile-path.test.ts": [
        "a log of 70,000 has the tiles that the specification counts",
      ],
    },
  },
  {
    number: 25,
    what: "a policy file made to mislead",
    tests: {
      "packages/ledger/src/policy.test.ts": ["a policy file says what is wrong with it, and on which line"],
      "testing/vectors/vectors.test.ts": [
        "tlog-policy: files are judged as the specification says, and quorums as the files say",
      ],
    },
  },
  {
    number: 26,
    what: "a verifier that judges otherwise than others do",
    tests: {
      "testing/interop/interop.test.ts": [
        "over ten thousand mutated exports, our verdict is that of Go's packages",
        "openssl verifies our checkpoint, and not one with another size",
      ],
      "testing/interop/export.test.ts": [
        "Go's client reads an exported log from a file server, proves its records, and finds each file that was changed",
      ],
    },
  },
  {
    number: 27,
    what: "the duty to erase",
    tests: {
      "testing/journeys/erasure.test.ts": [
        "an item is erased wherever it stands; what runs had found for it stays, and the root is what it was",
        "a person's names go from the directory and do not come back, and an evidence file goes with its salt",
      ],
      "testing/backup/backup.test.ts": [
        "what was erased before a backup is not in it; one from before the erasure holds it still",
        "what a record calls erased does not enter a backup, though its bytes are here still or again",
      ],
      "testing/backup/damage.test.ts": [
        "what was erased is not accepted back from an earlier backup: neither a file nor a line",
      ],
    },
  },
  {
    number: 28,
    what: "an operator who rewrites everything and signs it anew",
    tests: {
      "testing/anchors/insider-journey.test.ts": [
        "the whole log rewritten and signed anew: intact by itself, and caught by what was kept outside",
      ],
      "testing/journeys/tamper.test.ts": [
        "without a checkpoint from outside, verify alone says intact, and that this cannot be shown; --since names the fork",
      ],
    },
  },
];
