/** The only place that reads the process's environment. */

export type Environment = {
  readonly databaseUrl: string | undefined;
  readonly color: boolean;
  /** Someone is there to read progress. */
  readonly terminal: boolean;
  readonly columns: number;
  /** One that the program folder names; undefined where it is not set or empty. */
  readonly variable: (name: string) => string | undefined;
};

export function readEnvironment(): Environment {
  const { DATABASE_URL, NO_COLOR, FORCE_COLOR } = process.env;
  return {
    databaseUrl: DATABASE_URL === undefined || DATABASE_URL === "" ? undefined : DATABASE_URL,
    color:
      (NO_COLOR === undefined || NO_COLOR === "") &&
      (process.stdout.isTTY || (FORCE_COLOR !== undefined && FORCE_COLOR !== "0")),
    terminal: process.stderr.isTTY,
    columns: process.stdout.columns ?? 110,
    variable(name) {
      const value = process.env[name];
      return value === "" ? undefined : value;
    },
  };
}
