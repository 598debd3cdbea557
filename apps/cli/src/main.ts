/** The command line: verbs, options, exit codes. Each verb is a use case; this file only names them. */
import { Command, CommanderError } from "commander";
import { VERSION } from "./assets.ts";
import { registerCommands } from "./commands/register.ts";
import { readEnvironment } from "./environment.ts";
import { createOutput, outliveReaders, printProblems, problemsOf } from "./output.ts";

/** Exit 0: the command did its work; 1: it could not; 2: it met what --fail-on named. */
export async function run(argv: readonly string[] = process.argv.slice(2)): Promise<void> {
  const environment = readEnvironment();
  const output = createOutput(environment);
  const program = new Command("countersign")
    .description(
      "Turns the records that a company's systems already produce into audit evidence that anyone can verify.",
    )
    .version(VERSION)
    .showSuggestionAfterError()
    .showHelpAfterError("  next   countersign --help, or countersign VERB --help")
    .exitOverride();
  registerCommands(program, { environment, output, cwd: process.cwd() });
  outliveReaders(output);
  try {
    await program.parseAsync([...argv], { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode !== 0) process.exitCode = 1;
      return;
    }
    printProblems(output, problemsOf(error));
    process.exitCode = 1;
  }
}
