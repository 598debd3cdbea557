/** Samples. Management never picks: the draw follows from a frozen, published population and the auditor's nonce. */
import { createPublicKey, verify, type KeyObject } from "node:crypto";
import { ProblemError, type Problem } from "@countersign/kernel";
import { censusDraw, draw, enteredDraw, extendDraw, seedOf, type SeedParts } from "@countersign/assessment";
import { rootAt } from "@countersign/ledger";
import type { DrawBody, NonceOrigin } from "@countersign/records";
import { makeRecord, newId, publish } from "./append.ts";
import type { Context } from "./context.ts";
import { loadState } from "./log-state.ts";
import { findPopulation, populationsOf } from "./populations.ts";
import { itemLinesOf } from "./read-list.ts";

export type DrawRequest = {
  readonly population: string;
  readonly purpose: string;
  readonly drawnBy: "auditor" | "management";
} & (
  | {
      readonly method: "seeded";
      readonly size: number;
      readonly nonce: string;
      /** The auditor's signature over the nonce's hex text, and the public key in PEM. */
      readonly signed?: { readonly keyPem: string; readonly signature: string };
      readonly stratum?: { readonly field: string; readonly value: string };
    }
  | { readonly method: "auditor-entered"; readonly ids: readonly string[] }
  | { readonly method: "census" }
);

export type Drawn = { readonly record: string; readonly body: DrawBody };

export async function drawSample(ctx: Context, request: DrawRequest): Promise<Drawn> {
  const log = await loadState(ctx);
  const state = populationsOf(log);
  const row = findPopulation(state, request.population);
  const frozen = state.frozen.find((each) => each.body.record === row.record);
  if (frozen === undefined)
    throw new ProblemError({
      code: "draw-unfrozen",
      what: `${row.body.population} is not frozen`,
      why: "a population that can still change after the nonce is known could be steered",
      next: `countersign population freeze ${row.body.population}`,
    });
  const ids = () => idsOf(ctx, row.body.items, request.method === "seeded" ? request.stratum : undefined);
  const common = {
    draw: newId(ctx.random, "draw"),
    population: row.body.population,
    frozen: frozen.record,
    purpose: request.purpose,
    drawnBy: request.drawnBy,
  };
  let body: DrawBody;
  if (request.method === "seeded") {
    // The log as the freeze left it: a later head could be tried out once the nonce is known, one record at a time.
    const size = log.indexOf(frozen.record) + 1;
    const root = await ctx.store.readTree(ctx.organization, (read) => rootAt(size, read));
    const parts: SeedParts = {
      origin: ctx.keys.origin,
      checkpointSize: size,
      checkpointRoot: Buffer.from(root).toString("base64"),
      populationIndex: log.indexOf(row.record),
      populationRoot: row.body.items.root,
      count: row.body.items.count,
      nonce: request.nonce,
    };
    const hex = take(seedOf(parts));
    body = {
      ...common,
      method: "seeded",
      size: request.size,
      ...(request.stratum === undefined ? {} : { stratum: request.stratum }),
      seed: { ...parts, hex },
      nonceOrigin: originOf(request.nonce, request.signed),
      items: take(draw(ids(), hex, request.size)),
    };
  } else {
    const items = take(request.method === "census" ? censusDraw(ids()) : enteredDraw(ids(), request.ids));
    body = {
      ...common,
      method: request.method,
      size: items.length,
      nonceOrigin: { kind: "typed-by-management" },
      items: request.method === "census" ? [] : items,
    };
  }
  return keep(ctx, body);
}

/** A larger draw with the same seed; the earlier one stays its beginning. */
export async function extendSample(ctx: Context, drawId: string, size: number): Promise<Drawn> {
  const log = await loadState(ctx);
  const earlier = log.rows("sample.drawn").find((row) => row.body.draw === drawId || row.record === drawId);
  if (earlier?.body.seed === undefined)
    throw new ProblemError({
      code: "unknown-draw",
      what: `no seeded draw ${JSON.stringify(drawId)}`,
      next: "countersign sample list",
    });
  const frozen = log.rows("population.frozen").find((row) => row.record === earlier.body.frozen);
  const row = findPopulation(populationsOf(log), frozen?.body.record ?? earlier.body.population);
  const { stratum, seed } = earlier.body;
  const items = take(extendDraw(earlier.body.items, idsOf(ctx, row.body.items, stratum), seed.hex, size));
  return keep(ctx, {
    ...earlier.body,
    draw: newId(ctx.random, "draw"),
    size,
    items,
    extends: earlier.body.draw,
  });
}

async function keep(ctx: Context, body: DrawBody): Promise<Drawn> {
  const record = makeRecord(ctx, "sample.drawn", body.population, body);
  await ctx.store.transaction(ctx.organization, (tx) => tx.append(record));
  await publish(ctx);
  return { record: record.id, body };
}

/** Ed25519 signs the text itself; every other key signs its SHA-256. */
export function signsNonce(key: KeyObject, nonce: string, signature: string): boolean {
  const digest = key.asymmetricKeyType === "ed25519" ? null : "sha256";
  return verify(digest, Buffer.from(nonce), key, Buffer.from(signature, "base64"));
}

/** The auditor's own key makes the nonce the auditor's; a nonce that management typed in is labelled so. */
function originOf(nonce: string, signed: { keyPem: string; signature: string } | undefined): NonceOrigin {
  if (signed === undefined) return { kind: "typed-by-management" };
  let key: KeyObject;
  try {
    key = createPublicKey(signed.keyPem);
  } catch (error) {
    throw new ProblemError(
      {
        code: "auditor-key",
        what: "the auditor's key is not a public key in PEM",
        next: "openssl pkey -pubin -in KEY -text",
      },
      { cause: error },
    );
  }
  if (!signsNonce(key, nonce, signed.signature))
    throw new ProblemError({
      code: "nonce-signature",
      what: "the signature is not that of the auditor's key over this nonce",
      why: "it is made over the nonce's 64 hex digits, without a newline",
      next: "ask the auditor for nonce and signature again; nothing was drawn",
    });
  return {
    kind: "auditor-signed",
    key: key.export({ format: "der", type: "spki" }).toString("base64"),
    signature: signed.signature,
  };
}

function* idsOf(
  ctx: Context,
  list: Parameters<typeof itemLinesOf>[1],
  stratum: { readonly field: string; readonly value: string } | undefined,
): Generator<string> {
  for (const line of itemLinesOf(ctx.blobs, list))
    if ("item" in line && (stratum === undefined || String(line.item[stratum.field] ?? "") === stratum.value))
      yield line.item.id;
}

function take<T>(result: { ok: true; value: T } | { ok: false; error: Problem }): T {
  if (result.ok) return result.value;
  throw new ProblemError(result.error);
}
