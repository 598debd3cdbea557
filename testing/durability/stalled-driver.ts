/** Adds a piece of evidence, and stops its own process (SIGSTOP) at the moment when it holds the lease and would sign. */
import { addEvidence } from "@countersign/application";
import { homeAt } from "../../apps/cli/src/home.ts";
import { someEvidence } from "./loop.ts";
import { openPlace } from "./place.ts";

const [root = "", note = ""] = process.argv.slice(2);
const session = await openPlace(homeAt(root));
try {
  const { ctx, loaded } = session;
  const sign = ctx.keys.sign.bind(ctx.keys);
  let stopped = false;
  Object.defineProperty(ctx.keys, "sign", {
    value: (...checkpoint: Parameters<typeof sign>) => {
      if (!stopped) {
        stopped = true;
        process.kill(process.pid, "SIGSTOP");
      }
      return sign(...checkpoint);
    },
  });
  const receipt = await addEvidence(ctx, loaded.program, someEvidence(note, Buffer.from(note)));
  process.stdout.write(`${JSON.stringify(receipt)}\n`);
} finally {
  await session.close();
}
