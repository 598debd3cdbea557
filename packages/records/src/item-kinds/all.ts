import type { ItemKind } from "../schema.ts";
import { change } from "./change.ts";
import {
  abuseCase,
  alert,
  configuration,
  deploy,
  incident,
  modelRelease,
  performance,
  vendor,
} from "./operations.ts";
import { accessGrant, account, hire, leaver } from "./people-and-access.ts";

/** An explicit list: a kind that is not here does not exist. */
export const itemKinds: readonly ItemKind[] = [
  change,
  deploy,
  modelRelease,
  hire,
  leaver,
  accessGrant,
  account,
  incident,
  alert,
  abuseCase,
  vendor,
  configuration,
  performance,
];

const byName = new Map(itemKinds.map((kind) => [kind.kind, kind]));

export function itemKindOf(name: string): ItemKind | undefined {
  return byName.get(name);
}
