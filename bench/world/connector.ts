/** A source that has any number of changes at once: raw bytes and items, as a real connector hands them over. */
import type { Connector } from "@countersign/application";
import type { JsonObject } from "@countersign/kernel";
import { generateChanges } from "@countersign/sample";

const SEED = 20_251_123;
const CHUNK = 1 << 20;

export function changesConnector(count: number): Connector {
  return {
    name: "git",
    version: "bench",
    provides: ["change"],
    async read(request, sink) {
      const raw = sink.raw("changes.ndjson", "application/x-ndjson");
      let chunk = "";
      let offset = 0;
      for (const change of generateChanges(SEED, count)) {
        const line = `${JSON.stringify(change)}\n`;
        // Every character is ASCII: its length is its bytes.
        const ref = { file: "changes.ndjson", offset, length: line.length - 1 };
        offset += line.length;
        chunk += line;
        if (chunk.length >= CHUNK) {
          raw.write(Buffer.from(chunk));
          chunk = "";
        }
        // The generator's items are JSON objects with an id, whatever their type is called.
        const item = change as unknown as JsonObject & { readonly id: string };
        await sink.item({ item, raw: [ref] });
      }
      raw.write(Buffer.from(chunk));
      return {
        query: `generateChanges(${SEED}, ${count})`,
        parameters: { count },
        pages: 1,
        rowsRead: count,
        extraction: { state: "complete", proof: "the generator ended" },
        covers: request.interval,
        lacks: [],
        cautions: ["invented items"],
      };
    },
  };
}
