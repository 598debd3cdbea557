/** A database that goes away while it is used: told apart from errors of the work itself, and put into words. */
import { ProblemError } from "@countersign/kernel";

/** What the operating system says of a socket whose other end is gone. */
const SOCKET = new Set(["ECONNRESET", "ECONNREFUSED", "EPIPE", "ENOENT", "ETIMEDOUT"]);

/** SQLSTATE classes 57P (shutting down, crashed, recovering) and 08 (connection exceptions). */
const STATES = /^(?:57P|08)/;

/** The driver's own, which have no code. */
const WORDS = /Connection terminated|connection error and is not queryable|Client was closed/;

export function isConnectionLost(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof ProblemError) return false;
  const { code } = error as { code?: unknown };
  return typeof code === "string" ? SOCKET.has(code) || STATES.test(code) : WORDS.test(error.message);
}

/** Whether the transaction was kept nobody can know here: the server may have committed before it went away. */
export function connectionLost(error: unknown): ProblemError {
  const { code, message } = error as { code?: string; message?: string };
  return new ProblemError(
    {
      code: "database-lost",
      what: "the database can no longer be reached",
      // The driver's own words can hold an address: its code says enough where there is one.
      why: `the driver says ${code ?? message ?? String(error)}`,
      next: "run the command again: all that was acknowledged is kept; what was not may be kept too, so look before you add it again (countersign evidence show, countersign population list)",
    },
    { cause: error },
  );
}
