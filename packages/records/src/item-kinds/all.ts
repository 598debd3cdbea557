/**
 * Every item kind. Two conventions hold in all of them:
 *
 * - An event that may not have happened yet is two facts: whether it had happened when the source was read (`approved`)
 *   and when (`approvedAt`). "Not approved" and "the source does not say" are then different values: false, and absent.
 *   A rule asks the first and reads the second only where the first is true
 *   (`x.approved ? x.approvedAt <= x.deployedAt : false`), so that what did not happen is a deviation and what is not
 *   known is unknown.
 * - What a rule must find recorded (`verdict`, `owner`) has such a fact too (`verdictRecorded`, `owned`), for the same reason.
 */
import type { ItemKind } from "../schema.ts";
import { accessEntry, accessEvent, groupMember } from "./access.ts";
import { assetRetirement, backup, device, finding, secret, session } from "./assets.ts";
import { change } from "./change.ts";
import { dataset, deletion, notice, qualityBreach, storeContent } from "./data.ts";
import {
  abuseCase,
  alert,
  configuration,
  deploy,
  incident,
  modelRelease,
  performance,
  serviceUse,
  vendor,
} from "./operations.ts";
import { accessGrant, account, hire, leaver } from "./people-and-access.ts";
import { consent, disclosure, privacyRequest } from "./privacy.ts";
import { acknowledgement, training } from "./workforce.ts";

/** An explicit list: a kind that is not here does not exist. */
export const itemKinds: readonly ItemKind[] = [
  change,
  deploy,
  modelRelease,
  hire,
  leaver,
  acknowledgement,
  training,
  accessGrant,
  account,
  accessEntry,
  groupMember,
  accessEvent,
  session,
  secret,
  device,
  assetRetirement,
  finding,
  backup,
  incident,
  alert,
  abuseCase,
  qualityBreach,
  dataset,
  deletion,
  storeContent,
  vendor,
  serviceUse,
  notice,
  consent,
  privacyRequest,
  disclosure,
  configuration,
  performance,
];

const byName = new Map(itemKinds.map((kind) => [kind.kind, kind]));

export function itemKindOf(name: string): ItemKind | undefined {
  return byName.get(name);
}
