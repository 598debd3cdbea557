/** The command's verbs without a process each, for journeys of many steps: the same options, use cases and answers. */
import { join } from "node:path";
import { Command } from "commander";
import { registerCommands } from "../../apps/cli/src/commands/register.ts";
import type { Shell } from "../../apps/cli/src/commands/shared.ts";
import { problemsOf } from "../../apps/cli/src/output.ts";
import type { Place } from "./support.ts";

export const quietEnvironment: Shell["environment"] = {
  databaseUrl: undefined,
  color: false,
  terminal: false,
  columns: 80,
  variable: () => undefined,
};
const same = (text: string): string => text;
export const quietOutput: Shell["output"] = {
  print: () => {},
  json: () => {},
  progress: () => {},
  note: () => {},
  bold: same,
  dim: same,
};

export type InProcess = {
  /** @returns what the command says as JSON. @throws ProblemError where the command would end with 1 */
  json<T>(...args: readonly string[]): Promise<T>;
  /** @returns what it prints, line by line */
  lines(...args: readonly string[]): Promise<readonly string[]>;
  /** Insists on a refusal, and gives its code. */
  refused(...args: readonly string[]): Promise<string>;
};

/** @param home a folder of the place */
export function inProcess(place: Place, home: string): InProcess {
  const run = async (args: readonly string[], output: Partial<Shell["output"]>): Promise<void> => {
    const program = new Command("countersign").exitOverride();
    registerCommands(program, {
      environment: quietEnvironment,
      output: { ...quietOutput, ...output },
      cwd: place.folder,
    });
    await program.parseAsync([...args, "--workspace", join(place.folder, home)], { from: "user" });
  };
  return {
    async json<T>(...args: readonly string[]) {
      let answer: unknown;
      await run([...args, "--json"], { json: (value) => (answer = value) });
      return answer as T;
    },
    async lines(...args) {
      const lines: string[] = [];
      const take = (text: string): void => {
        lines.push(...text.split("\n"));
      };
      await run(args, { print: take, note: take });
      return lines;
    },
    async refused(...args) {
      try {
        await run(args, {});
      } catch (error) {
        return problemsOf(error)
          .map(({ code }) => code)
          .join(" ");
      }
      throw new Error(`${args.join(" ")} was not refused`);
    },
  };
}
