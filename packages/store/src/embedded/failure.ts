/** Turns what PostgreSQL wrote about its failure into a problem that says the cause and the next step. */
import { ProblemError } from "@countersign/kernel";

export type StartFailure = {
  readonly what: string;
  readonly where: string;
  /** What PostgreSQL wrote since this start. */
  readonly log: string;
  readonly logFile: string | undefined;
};

type Cause = { readonly code: string; readonly sign: RegExp; readonly why: string; readonly next: string };

/** The first that fits stands; the order goes from the cause to what follows from it. */
const causes: readonly Cause[] = [
  {
    code: "embedded-postgres-disk-full",
    sign: /No space left on device|Disk quota exceeded/iu,
    why: "The disk is full.",
    next: "Free some space and run the command again; what was acknowledged is kept.",
  },
  {
    code: "embedded-postgres-read-only",
    sign: /Read-only file system/iu,
    why: "The file system is read-only.",
    next: "Choose a workspace on a disk that can be written.",
  },
  {
    code: "embedded-postgres-memory",
    sign: /Cannot allocate memory|could not (?:create|map|resize) (?:anonymous )?shared memory/iu,
    why: "There is not enough memory, or too little shared memory is allowed (a container's limit, for example).",
    next: "Give the machine or container 512 MB more (docker run --shm-size=256m) and run the command again.",
  },
  {
    code: "embedded-postgres-address-in-use",
    sign: /Address already in use|could not create any (?:Unix-domain|TCP\/IP) sockets|could not bind/iu,
    why: "The server's socket or port is in use, or cannot be made.",
    next: "End the other PostgreSQL server that uses it, and run the command again.",
  },
  {
    code: "embedded-postgres-owner",
    sign: /has wrong ownership|has invalid permissions/iu,
    why: "The data directory belongs to another user, or other users may enter it.",
    next: "Give it to the user that runs PostgreSQL, with mode 0700.",
  },
  {
    code: "embedded-postgres-permission",
    sign: /Permission denied|Operation not permitted/iu,
    why: "Permission was denied.",
    next: "Let this user read and write the place that the lines below name.",
  },
  {
    code: "embedded-postgres-version",
    sign: /database files are incompatible/iu,
    why: "The data were made by another build of PostgreSQL, or their control file is damaged.",
    next: "Go on with the version of Countersign that made them; if this is it, restore them from a backup.",
  },
  {
    code: "embedded-postgres-configuration",
    sign: /configuration file .* contains errors|unrecognized configuration parameter|syntax error in file/iu,
    why: "A configuration file in the data directory has an error.",
    next: "Mend the line that is named below, and run the command again.",
  },
  {
    code: "embedded-postgres-damaged",
    sign: /could not locate a valid checkpoint record|invalid checkpoint|PANIC|incorrect checksum|could not open file "(?:base|global|pg_)/iu,
    why: "Files of the database are damaged or missing.",
    next: "Copy the data directory before anything else, then restore it from a backup.",
  },
];

const shownLines = 12;

/** A problem with the cause that the log tells, its last lines, where the whole log is, and what to do next. */
export function startFailure(failure: StartFailure): ProblemError {
  const lines = failure.log.split(/\r?\n/u).filter((line) => line.trim() !== "");
  const cause = causes.find((one) => one.sign.test(failure.log));
  const said = lines.slice(-shownLines).map((line) => `         ${line}`);
  const why = [
    cause?.why ?? "What PostgreSQL said last:",
    ...(said.length > 0 ? said : ["         (nothing)"]),
  ];
  return new ProblemError({
    code: cause?.code ?? "embedded-postgres-start",
    what: failure.what,
    where: failure.logFile ?? failure.where,
    why: why.join("\n"),
    next:
      cause?.next ??
      "Read the log, mend the cause, and run the command again; or set DATABASE_URL to a server.",
  });
}

/** A refusal that passes by itself: an earlier server of the same data, or one of its processes, is not gone yet. */
export function isStillInUse(log: string): boolean {
  return /lock file "postmaster\.pid" already exists|pre-existing shared memory block|Is another postmaster/u.test(
    log,
  );
}

/** Turns a refusal of the operating system into a problem; gives anything else back as it is. */
export function fileProblem(error: unknown, directory: string): unknown {
  const { code, syscall, path, message } = error as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined) return error;
  const cause = causes.find((one) => one.sign.test(systemWords[code] ?? "")) ?? unforeseen;
  return new ProblemError(
    {
      code: cause.code,
      what: "The embedded PostgreSQL's directory cannot be used.",
      where: path ?? directory,
      why: `${cause.why} (${message})`,
      next:
        cause.code === "embedded-postgres-permission"
          ? "Run as the user who owns the workspace."
          : cause.next,
    },
    { cause: error },
  );
}

const unforeseen = {
  code: "embedded-postgres-directory",
  why: "The operating system refused.",
  next: "See to the place that is named, and run the command again.",
};

const systemWords: Readonly<Record<string, string>> = {
  ENOSPC: "No space left on device",
  EDQUOT: "Disk quota exceeded",
  EROFS: "Read-only file system",
  EACCES: "Permission denied",
  EPERM: "Operation not permitted",
};
