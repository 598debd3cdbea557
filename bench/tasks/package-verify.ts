/** Our verifier over a package: `package-verify.ts PATH`. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { verifyPackage } from "@countersign/verify";
import { measure, report } from "../harness/task.ts";

const [path = ""] = process.argv.slice(2);
const file = openSync(path, "r");
const { value: verdict, measured } = await measure(() =>
  verifyPackage({
    size: fstatSync(file).size,
    read(offset, length) {
      const bytes = Buffer.allocUnsafe(length);
      for (let done = 0; done < length;) {
        const count = readSync(file, bytes, done, length - done, offset + done);
        if (count === 0) throw new RangeError("the file ended while it was read");
        done += count;
      }
      return bytes;
    },
  }),
);
closeSync(file);
if (!verdict.intact)
  throw new Error(`the package is not intact: ${JSON.stringify(verdict.faults.slice(0, 3))}`);
report(
  { verify: measured },
  { bytes: verdict.facts.bytes, files: verdict.facts.files, items: verdict.facts.items },
);
