/** How a checkpoint leaves this machine: HTTP POST with a bound in time and size, and the machine's own mail program. */
import { spawn } from "node:child_process";
import { err, ok, type Result } from "@countersign/kernel";
import type { Post, PostRequest, SendMail } from "@countersign/application";

export const post: Post = async (request) => {
  try {
    const response = await fetch(request.url, {
      method: "POST",
      headers: { "content-type": request.contentType },
      body: Buffer.from(request.body),
      // A target is where anchors.yaml says, and nowhere else.
      redirect: "manual",
      signal: AbortSignal.timeout(request.timeoutMs),
    });
    const body = await readBounded(response, request);
    return body.ok ? ok({ status: response.status, body: body.value }) : body;
  } catch (error) {
    return err(whyUnreached(error, request));
  }
};

async function readBounded(
  response: Response,
  { answerBytesMax }: PostRequest,
): Promise<Result<Uint8Array, string>> {
  const parts: Uint8Array[] = [];
  let size = 0;
  if (response.body === null) return ok(new Uint8Array());
  // Leaving the loop early closes the connection.
  for await (const part of response.body as AsyncIterable<Uint8Array>) {
    size += part.length;
    if (size > answerBytesMax) return err(`its answer is longer than ${answerBytesMax} bytes`);
    parts.push(part);
  }
  return ok(new Uint8Array(Buffer.concat(parts)));
}

function whyUnreached(error: unknown, { timeoutMs }: PostRequest): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return `it did not answer within ${timeoutMs / 1000} seconds`;
  // What fetch says is "fetch failed"; the reason is behind it.
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

/** `sendmail -t -i` or what behaves like it: recipients stand in the message, which comes on standard input. No shell. */
export function sendmailOf(program: string): SendMail {
  return (message) =>
    new Promise((resolve) => {
      const child = spawn(program, ["-t", "-i"], { stdio: ["pipe", "ignore", "pipe"], timeout: 60_000 });
      let said = "";
      child.stderr.on("data", (text: Buffer) => {
        if (said.length < 1000) said += text.toString();
      });
      child.on("error", (error) => {
        resolve(err(`${program} cannot be started: ${error.message}`));
      });
      child.on("close", (status) => {
        resolve(
          status === 0
            ? ok(undefined)
            : err(`${program} ended with ${status ?? "a signal"}${said === "" ? "" : `: ${said.trim()}`}`),
        );
      });
      // A program that ends without reading is told by its status.
      child.stdin.on("error", () => {});
      child.stdin.end(message);
    });
}
