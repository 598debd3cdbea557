/** The witness client against a strict witness, over a log in memory: growth, rollback, fork, and the race in the witness. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { askWitness } from "../../packages/application/src/anchors/witness.ts";
import { post } from "../../apps/cli/src/post.ts";
import { ProblemError } from "../../packages/kernel/src/index.ts";
import {
  leafHash,
  MemoryTree,
  openSignedCheckpoint,
  signCheckpoint,
  consistencyProof,
  formatAddCheckpoint,
  type Checkpoint,
  type HashReader,
} from "../../packages/ledger/src/index.ts";
import { testKey } from "../../packages/ledger/src/testing/keys.ts";
import { serveWitness, StrictWitness, type Answered, type ServedWitness } from "./strict-witness.ts";

const log = testKey("log.example/acme");
const served: ServedWitness[] = [];
after(async () => {
  for (const each of served) await each.close();
});

/** A log of so many entries; from `fork` on they are others. */
function treeOf(size: number, fork = size): MemoryTree {
  const tree = new MemoryTree();
  for (let i = 0; i < size; i++) tree.append(leafHash(Buffer.from(i < fork ? `entry ${i}` : `other ${i}`)));
  return tree;
}

function subjectOf(
  tree: MemoryTree,
  size: number,
): { readonly note: string; readonly checkpoint: Checkpoint } {
  const checkpoint = { origin: log.verifier.name, size, root: tree.root() };
  return { checkpoint, note: signCheckpoint(checkpoint, log.pem) };
}

async function witnessed(answer?: (body: string) => Promise<Answered>) {
  const witness = new StrictWitness(log.verifier);
  const place = await serveWitness(answer ?? ((body) => witness.answer(body)));
  served.push(place);
  const target = { id: "witness", url: place.url, key: witness.key.vkey };
  const ask = (size: number, lastSize: number, fork?: number) => {
    const tree = treeOf(size, fork);
    // Of the store, the client asks for nothing but the tree.
    const store = {
      readTree: (_: string, work: (read: HashReader) => unknown) => Promise.resolve(work(tree.read)),
    } as unknown as Parameters<typeof askWitness>[0]["store"];
    return askWitness({ store, organization: "acme" }, post, target, subjectOf(tree, size), lastSize);
  };
  return { witness, ask, requests: place.requests };
}

test("a growing log is cosigned each time, with one proof from what the witness last saw", async () => {
  const { witness, ask, requests } = await witnessed();
  let last = 0;
  for (const size of [1, 2, 7, 8, 8, 300]) {
    const cosigned = await ask(size, last);
    assert.ok(cosigned.ok, JSON.stringify(cosigned));
    const opened = openSignedCheckpoint(cosigned.value.note, [log.verifier], [witness.key.verifier]);
    assert.ok(opened.ok);
    assert.equal(opened.value.cosignatures.length, 1);
    assert.ok(Math.abs(Date.parse(cosigned.value.at) - Date.now()) < 600_000);
    last = size;
  }
  assert.equal(requests.length, 6);
  assert.deepEqual(
    witness.cosigned.map(({ size }) => size),
    [1, 2, 7, 8, 8, 300],
  );
});

test("a witness that has seen another size is asked again from there, once", async () => {
  const { ask, requests } = await witnessed();
  assert.ok((await ask(5, 0)).ok);
  // Our own record of it was lost.
  assert.ok((await ask(9, 0)).ok);
  assert.deepEqual(
    requests.map((body) => body.split("\n")[0]),
    ["old 0", "old 0", "old 5"],
  );
  const stubborn = await witnessed(() => Promise.resolve({ status: 409, body: "3\n" }));
  const refused = await stubborn.ask(9, 1);
  assert.ok(!refused.ok);
  assert.equal(refused.error.problem.code, "witness-conflict");
  assert.equal(stubborn.requests.length, 2);
});

test("a store that was restored from before a cosigned checkpoint is refused, and the witness is named", async () => {
  const { ask } = await witnessed();
  assert.ok((await ask(20, 0)).ok);
  // Whether our own records were restored with it or not.
  for (const last of [0, 8, 20])
    await assert.rejects(ask(12, last), (error) => {
      assert.ok(error instanceof ProblemError);
      const [problem] = error.problems;
      assert.equal(problem?.code, "rolled-back");
      assert.match(problem?.what ?? "", /12 records, witness has cosigned 20/);
      assert.match(problem?.where ?? "", /^witness, http/);
      return true;
    });
});

test("a log that forked after a cosigned checkpoint gets 422, a fault that names the witness, and evidence", async () => {
  const { witness, ask } = await witnessed();
  assert.ok((await ask(20, 0)).ok);
  for (const [size, fork] of [
    [40, 10],
    [40, 19],
    [20, 5],
  ] as const) {
    const refused = await ask(size, 20, fork);
    assert.ok(!refused.ok, `${size} ${fork}`);
    assert.equal(refused.error.problem.code, "witness-fork");
    assert.match(refused.error.problem.what, /witness has seen another history/);
    assert.match(refused.error.evidence ?? "", /^old 20\n[^]*log\.example\/acme\n[^]*answer 422\n/);
  }
  assert.equal(witness.newest.size, 20);
  // From its cosigned size on it may be what it likes.
  assert.ok((await ask(40, 20, 20)).ok);
});

test("an answer that is no cosignature of this witness over this checkpoint is not kept", async () => {
  const other = new StrictWitness(log.verifier);
  const { note } = subjectOf(treeOf(3), 3);
  const elsewhere = await other.answer(formatAddCheckpoint({ oldSize: 0, proof: [], checkpoint: note }));
  const stranger = testKey("x.example", "cosignature/v1");
  const cases: readonly (readonly [Answered, string, RegExp])[] = [
    [elsewhere, "witness-answer", /no cosignature/],
    [{ status: 200, body: "" }, "witness-answer", /no cosignature/],
    [{ status: 200, body: `— ${stranger.verifier.name} AAAA\n` }, "witness-answer", /no cosignature/],
    [{ status: 409, body: "many\n" }, "witness-answer", /409/],
    [{ status: 404, body: "" }, "witness-refused", /404: the log, or its key, is not known to it/],
    [{ status: 403, body: "" }, "witness-refused", /403/],
    [{ status: 400, body: "" }, "witness-refused", /400/],
    [{ status: 500, body: "" }, "witness-refused", /500/],
    [{ status: 307, body: "" }, "witness-refused", /307/],
    [{ status: 200, body: "x".repeat(70_000) }, "witness-unreachable", /longer than 65536/],
  ];
  for (const [answer, code, words] of cases) {
    const { ask } = await witnessed(() => Promise.resolve(answer));
    const asked = await ask(5, 0);
    assert.ok(!asked.ok, code);
    assert.equal(asked.error.problem.code, code);
    assert.match(asked.error.problem.why ?? "", words);
  }
});

/** The six steps of the specification: A of size N is checked, B of size N+K goes all the way, A is written. */
async function race(careless: boolean): Promise<StrictWitness> {
  const witness = new StrictWitness(log.verifier);
  const bodyOf = (size: number, oldSize: number, fork?: number) => {
    const tree = treeOf(size, fork);
    const proof = oldSize === 0 ? [] : consistencyProof(oldSize, size, tree.read);
    return formatAddCheckpoint({ oldSize, proof, checkpoint: subjectOf(tree, size).note });
  };
  assert.equal((await witness.answer(bodyOf(4, 0))).status, 200);
  const between = async (): Promise<void> => {
    assert.equal((await witness.answer(bodyOf(12, 4))).status, 200);
  };
  const late = bodyOf(8, 4);
  const answered = await (careless ? witness.answerCarelessly(late, between) : witness.answer(late, between));
  assert.equal(answered.status, careless ? 200 : 409);
  // What the race is for: a history that forks from the larger one after record 8.
  await witness.answer(bodyOf(16, 8, 8));
  return witness;
}

test("the six-step race rolls nothing back in a witness that checks and writes in one step", async () => {
  const strict = await race(false);
  assert.deepEqual(
    strict.cosigned.map(({ size }) => size),
    [4, 12],
  );
  // The negative control: without it, two histories are cosigned.
  const careless = await race(true);
  assert.deepEqual(
    careless.cosigned.map(({ size }) => size),
    [4, 12, 8, 16],
  );
});
