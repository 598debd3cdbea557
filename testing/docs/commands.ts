/** The commands that pages tell people to type, and those that there are. */
import { Command } from "commander";
import { registerCommands } from "../../apps/cli/src/commands/register.ts";
import { readEnvironment } from "../../apps/cli/src/environment.ts";
import { createOutput } from "../../apps/cli/src/output.ts";
import { root } from "./pages.ts";

export type Verb = { readonly subcommands: ReadonlySet<string>; readonly options: ReadonlySet<string> };

/** Every verb as it is registered, groups with their subcommands: "package create". Nothing is run. */
export function registeredVerbs(): ReadonlyMap<string, Verb> {
  const environment = readEnvironment();
  const program = new Command();
  registerCommands(program, { environment, output: createOutput(environment), cwd: root });
  const verbs = new Map<string, Verb>();
  const add = (command: Command, name: string): void => {
    const flags = command.options.flatMap(({ short, long }) => [short, long]);
    verbs.set(name, {
      subcommands: new Set(command.commands.map((each) => each.name())),
      options: new Set(["-h", "--help", ...flags.filter((flag) => flag !== undefined && flag !== null)]),
    });
    for (const each of command.commands) add(each, `${name} ${each.name()}`.trim());
  };
  add(program, "");
  return verbs;
}

/**
 * What is wrong with a line that may hold commands of ours: `countersign VERB …`, `npm start -- …`, `npm run NAME`.
 * @param scripts of the root's package.json
 */
export function faultsOfCommand(
  line: string,
  verbs: ReadonlyMap<string, Verb>,
  scripts: ReadonlySet<string>,
): string[] {
  const faults: string[] = [];
  for (const [, script] of line.matchAll(/\bnpm run ([\w:-]+)/g))
    if (!scripts.has(script ?? "")) faults.push(`npm run ${script}: no such script`);
  for (const [, script] of line.matchAll(/\bnpm (start|test)\b/g))
    if (!scripts.has(script ?? "")) faults.push(`npm ${script}: no such script`);
  const runs = [
    ...line.matchAll(/(?<![\w/.@-])countersign((?: [^\s|;&,]+)*)/g),
    ...line.matchAll(/\bnpm (start)((?: --)?(?: [^\s|;&,]+)*)/g),
  ];
  for (const [whole, first = "", rest] of runs) {
    // A heading of output ("countersign 0.1.0 · …") and prose ("countersign is") are no commands.
    const words = (rest === undefined ? first : `start${rest}`).trim().split(/\s+/);
    const fault = faultOfWords(words, verbs);
    if (fault !== undefined) faults.push(`${whole.trim()}: ${fault}`);
  }
  return faults;
}

function faultOfWords(words: readonly string[], verbs: ReadonlyMap<string, Verb>): string | undefined {
  const [name = "", ...rest] = words;
  if (!/^[a-z]/.test(name)) return undefined;
  let verb = verbs.get(name);
  if (verb === undefined) return `no verb ${name}`;
  let after = rest;
  if (verb.subcommands.size > 0 && rest[0] !== undefined && /^[a-z]/.test(rest[0])) {
    // "sample draw|extend|enter" names three.
    const names = rest[0].split("|");
    const unknown = names.find((each) => !verbs.has(`${name} ${each}`));
    if (unknown !== undefined) return `${name} has no ${unknown}`;
    verb = verbs.get(`${name} ${names[0]}`) ?? verb;
    after = rest.slice(1);
  }
  for (const word of after) {
    const option = /^(--?[\w-]+)/.exec(word)?.[1];
    if (option === undefined || option === "--") continue;
    if (!verb.options.has(option)) return `${name} has no option ${option}`;
  }
  return undefined;
}
