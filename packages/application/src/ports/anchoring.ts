/** The ways by which a checkpoint leaves the machine. Nothing is sent unless anchors.yaml names a target. */
import type { Result } from "@countersign/kernel";

export type PostRequest = {
  readonly url: string;
  readonly contentType: string;
  readonly body: Uint8Array;
  readonly timeoutMs: number;
  readonly answerBytesMax: number;
};

export type PostAnswer = { readonly status: number; readonly body: Uint8Array };

/** HTTP POST without redirects. An error is a sentence: not reached, too slow, too long. */
export type Post = (request: PostRequest) => Promise<Result<PostAnswer, string>>;

/** Hands a message to the machine's mail program. */
export type SendMail = (message: Uint8Array) => Promise<Result<undefined, string>>;
