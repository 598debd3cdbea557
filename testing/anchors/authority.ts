/** A time stamping authority on this machine: `openssl ts` behind a small HTTP server, as RFC 3161 section 3.4 asks. */
import { createServer, type Server } from "node:http";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { openssl, type Certificates, type Issued } from "./certificates.ts";

/** What openssl answers to a request, signed by this certificate. */
export function reply(
  certificates: Pick<Certificates, "folder" | "root">,
  signer: Issued,
  query: Uint8Array,
): Uint8Array {
  const { folder, root } = certificates;
  writeFileSync(join(folder, "query.tsq"), query);
  writeFileSync(join(folder, "chain.pem"), root.pem);
  return openssl(
    folder,
    ...["ts", "-reply", "-config", "openssl.cnf", "-queryfile", "query.tsq", "-signer", signer.certificate],
    ...["-inkey", signer.key, "-chain", "chain.pem"],
  );
}

/** Undefined when `openssl ts` accepts the answer for these bytes, else what it says. */
export function whyOpensslRefuses(
  certificates: Certificates,
  response: Uint8Array,
  message: Uint8Array,
): string | undefined {
  const { folder } = certificates;
  writeFileSync(join(folder, "answer.tsr"), response);
  writeFileSync(join(folder, "message"), message);
  try {
    openssl(folder, "ts", "-verify", "-data", "message", "-in", "answer.tsr", "-CAfile", "root.pem");
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

export type Answer = { readonly status?: number; readonly type?: string; readonly body: Uint8Array };

export type Authority = {
  readonly url: string;
  /** How many requests came. */
  readonly count: () => number;
  close(): Promise<void>;
};

/** @param answer what is sent back; the test may bend it. */
export async function serveAuthority(answer: (query: Buffer) => Answer | undefined): Promise<Authority> {
  let count = 0;
  const server: Server = createServer((request, response) => {
    count++;
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const right =
        request.method === "POST" && request.headers["content-type"] === "application/timestamp-query";
      const given: Answer | undefined = right
        ? answer(Buffer.concat(parts))
        : { status: 400, body: Buffer.from("not a query") };
      // An authority that never answers.
      if (given === undefined) return;
      response.writeHead(given.status ?? 200, {
        "content-type": given.type ?? "application/timestamp-reply",
      });
      response.end(given.body);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // A server that listens on TCP has an address and a port.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/tsa`,
    count: () => count,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
