/** A witness as C2SP tlog-witness describes it, for one log: small, strict, and with the check and the write in one step. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  cosignatureLine,
  formatWitnessSize,
  openSignedCheckpoint,
  parseAddCheckpoint,
  SIZE_CONTENT_TYPE,
  equalHashes,
  EMPTY_ROOT,
  verifyConsistency,
  type Hash,
  type NoteVerifier,
} from "../../packages/ledger/src/index.ts";
import { testKey } from "../../packages/ledger/src/testing/keys.ts";

export type Answered = { readonly status: number; readonly body: string; readonly type?: string };

export type Newest = { readonly size: number; readonly root: Hash };

export class StrictWitness {
  readonly key = testKey("w.example", "cosignature/v1");
  readonly #log: NoteVerifier;
  newest: Newest = { size: 0, root: EMPTY_ROOT };
  /** Every checkpoint that was cosigned, in the order of the answers. */
  readonly cosigned: Newest[] = [];
  now = () => BigInt(Math.floor(Date.now() / 1000));

  constructor(log: NoteVerifier) {
    this.#log = log;
  }

  /** @param between runs after the check and ahead of the write: the race that the specification warns of. */
  async answer(body: string, between?: () => Promise<void>): Promise<Answered> {
    const judged = this.judge(body);
    if ("status" in judged) return judged;
    if (between !== undefined) {
      await between();
      // What the specification asks for: the comparison with the newest belongs to the write.
      const again = this.judge(body);
      if ("status" in again) return again;
    }
    return this.#cosign(judged);
  }

  /** The same without looking again: tests show with it that they would notice. */
  async answerCarelessly(body: string, between: () => Promise<void>): Promise<Answered> {
    const judged = this.judge(body);
    if ("status" in judged) return judged;
    await between();
    return this.#cosign(judged);
  }

  judge(body: string): Answered | { readonly text: string; readonly newest: Newest } {
    const request = parseAddCheckpoint(body);
    if (!request.ok) return { status: 400, body: request.error };
    const { oldSize, proof, checkpoint } = request.value;
    if (checkpoint.split("\n")[0] !== this.#log.name) return { status: 404, body: "unknown log" };
    const opened = openSignedCheckpoint(checkpoint, [this.#log]);
    if (!opened.ok) return { status: 403, body: opened.error };
    const { size, root } = opened.value.checkpoint;
    if (oldSize > size) return { status: 400, body: "old size beyond the checkpoint" };
    const { newest } = this;
    if (oldSize !== newest.size)
      return { status: 409, body: formatWitnessSize(newest.size), type: SIZE_CONTENT_TYPE };
    const holds =
      oldSize === 0 ? proof.length === 0 : verifyConsistency(oldSize, size, newest.root, root, proof);
    if (!holds || (oldSize === size && !equalHashes(root, newest.root)))
      return { status: 422, body: "the checkpoint does not extend the one before" };
    return { text: opened.value.text, newest: { size, root } };
  }

  #cosign({ text, newest }: { readonly text: string; readonly newest: Newest }): Answered {
    this.newest = newest;
    this.cosigned.push(newest);
    return { status: 200, body: `${cosignatureLine(text, "w.example", this.key.pem, this.now())}\n` };
  }
}

export type ServedWitness = {
  readonly url: string;
  /** Bodies of the requests, in their order. */
  readonly requests: readonly string[];
  close(): Promise<void>;
};

export async function serveWitness(answer: (body: string) => Promise<Answered>): Promise<ServedWitness> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const body = Buffer.concat(parts).toString("utf8");
      requests.push(body);
      const right = request.method === "POST" && request.url === "/w/add-checkpoint";
      void (right ? answer(body) : Promise.resolve({ status: 404, body: "" } as Answered)).then((given) => {
        response.writeHead(given.status, { "content-type": given.type ?? "text/plain" });
        response.end(given.body);
      });
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // A server that listens on TCP has an address and a port.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/w/`,
    requests,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
