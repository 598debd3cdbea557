/** The client against a witness of other people: litewitness (filippo.io/torchwood), with its key in an ssh-agent. */
import assert from "node:assert/strict";
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test, type TestContext } from "node:test";
import { askWitness } from "../../packages/application/src/anchors/witness.ts";
import { post } from "../../apps/cli/src/post.ts";
import { ProblemError } from "../../packages/kernel/src/index.ts";
import { leafHash, MemoryTree, signCheckpoint, type HashReader } from "../../packages/ledger/src/index.ts";
import { testKey } from "../../packages/ledger/src/testing/keys.ts";
import { needsTool } from "../outside-tools.ts";

const folder = mkdtempSync(join(tmpdir(), "countersign-litewitness-"));
const running: ChildProcess[] = [];
after(async () => {
  for (const child of running) {
    if (child.exitCode !== null) continue;
    child.kill();
    await once(child, "exit");
  }
  rmSync(folder, { recursive: true, force: true });
});

const log = testKey("log.example/acme");

/** Waits for what a program does by itself; gives up with what it said. */
async function until<T>(look: () => T | undefined, said: () => string): Promise<T> {
  for (let i = 0; i < 600; i++) {
    const found = look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`it did not come up: ${said()}`);
}

function run(command: string, args: readonly string[], input = "", env: NodeJS.ProcessEnv = {}): string {
  const done = spawnSync(command, args, {
    cwd: folder,
    input,
    encoding: "utf8",
    env: { ...process.env, ...env },
  });
  if (done.status !== 0) throw new Error(`${command}: ${done.stderr}`);
  return done.stdout;
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // A server that listens on TCP has an address and a port.
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

async function startWitness(): Promise<{ readonly url: string; readonly key: string }> {
  run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", "key"]);
  const socket = join(folder, "agent");
  running.push(spawn("ssh-agent", ["-D", "-a", socket], { stdio: "ignore" }));
  await until(
    () => (existsSync(socket) ? true : undefined),
    () => "ssh-agent",
  );
  run("ssh-add", ["-q", "key"], "", { SSH_AUTH_SOCK: socket });
  const [, fingerprint = ""] = run("ssh-keygen", ["-l", "-f", "key.pub"]).split(" ");
  const port = await freePort();
  const flags = ["-db", "w.db", "-name", "lite.example", "-key", fingerprint, "-ssh-agent", socket];
  const child = spawn("litewitness", [...flags, "-listen", `127.0.0.1:${port}`], { cwd: folder });
  running.push(child);
  let said = "";
  child.stderr.on("data", (text: Buffer) => (said += text.toString()));
  const key = await until(
    () => /vkey="?(lite\.example\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+)/.exec(said)?.[1],
    () => said,
  );
  // What `witnessctl add-log` and `add-key` do; that program is not everywhere.
  const script = `import sqlite3, sys
db = sqlite3.connect("w.db", timeout=30)
db.execute("INSERT INTO log VALUES (?, 0, '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=')", (sys.argv[1],))
db.execute("INSERT INTO key VALUES (?, ?)", (sys.argv[1], sys.argv[2]))
db.commit()`;
  run("python3", ["-c", script, log.verifier.name, log.vkey]);
  return { url: `http://127.0.0.1:${port}/`, key };
}

function treeOf(size: number, fork = size): MemoryTree {
  const tree = new MemoryTree();
  for (let i = 0; i < size; i++) tree.append(leafHash(Buffer.from(i < fork ? `entry ${i}` : `other ${i}`)));
  return tree;
}

test("litewitness cosigns our log as it grows, and refuses it rolled back and forked", async (context: TestContext) => {
  if (!needsTool(context, "litewitness") || !needsTool(context, "python3")) return;
  if (["ssh-agent", "ssh-add", "ssh-keygen"].some((tool) => spawnSync(tool, ["-?"]).error !== undefined)) {
    context.skip("litewitness keeps its key in an ssh-agent, which is not on this machine");
    return;
  }
  const witness = await startWitness();
  const target = { id: "lite", ...witness };
  const ask = (size: number, lastSize: number, fork?: number) => {
    const tree = treeOf(size, fork);
    const checkpoint = { origin: log.verifier.name, size, root: tree.root() };
    // Of the store, the client asks for nothing but the tree.
    const store = {
      readTree: (_: string, work: (read: HashReader) => unknown) => Promise.resolve(work(tree.read)),
    } as unknown as Parameters<typeof askWitness>[0]["store"];
    const subject = { checkpoint, note: signCheckpoint(checkpoint, log.pem) };
    return askWitness({ store, organization: "acme" }, post, target, subject, lastSize);
  };
  let last = 0;
  for (const size of [3, 3, 8, 100]) {
    const cosigned = await ask(size, last);
    assert.ok(cosigned.ok, JSON.stringify(cosigned));
    assert.equal(cosigned.value.witness.name, "lite.example");
    last = size;
  }
  // It answers 409 with what it holds.
  assert.ok((await ask(120, 0)).ok);
  await assert.rejects(ask(60, 0), (error) => {
    assert.ok(error instanceof ProblemError);
    assert.equal(error.problems[0]?.code, "rolled-back");
    return true;
  });
  const forked = await ask(200, 120, 50);
  assert.ok(!forked.ok);
  assert.equal(forked.error.problem.code, "witness-fork");
  const unknown = await askWitness(
    { store: {} as never, organization: "x" },
    post,
    target,
    {
      checkpoint: { origin: "log.example/other", size: 1, root: treeOf(1).root() },
      note: signCheckpoint(
        { origin: "log.example/other", size: 1, root: treeOf(1).root() },
        testKey("log.example/other").pem,
      ),
    },
    0,
  );
  assert.ok(!unknown.ok && unknown.error.problem.code === "witness-refused");
});
