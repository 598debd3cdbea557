/** GitHub's deployments, from `repos/O/R/deployments` or from the webhook `deployment`. */
import { formatInstant, type EpochMs, type Json, type JsonObject } from "@countersign/kernel";
import type { PersonResolver } from "@countersign/application/ports";
import { asInstant, asNumber, asText, member, present } from "../json/access.ts";
import { actorOf } from "./pull.ts";

export type Deployment = { readonly item: JsonObject & { readonly id: string }; readonly at: EpochMs };

/** @returns why it is no deployment that can be placed, in words, where it is none. */
export function deploymentFacts(
  value: Json,
  service: string | undefined,
  person: PersonResolver,
): Deployment | string {
  const id = asNumber(member(value, "id"));
  const revision = asText(member(value, "sha"));
  const at = asInstant(member(value, "created_at"));
  if (id === undefined) return "it has no id";
  if (revision === undefined) return "it names no revision";
  if (at === undefined) return "it does not say when it began";
  const creator = member(value, "creator");
  const actor = actorOf(
    asText(member(creator, "login")),
    asText(member(creator, "name")),
    member(creator, "type") === "Bot",
  );
  const hints = { login: { system: "github", login: actor.login } };
  return {
    at,
    item: {
      id: String(id),
      revision,
      deployedAt: formatInstant(at),
      ...present({
        service: service ?? repositoryIn(asText(member(value, "url"))),
        environment: asText(member(value, "environment")),
        deployedBy: creator === undefined ? undefined : person(hints).id,
      }),
    },
  };
}

function repositoryIn(url: string | undefined): string | undefined {
  return /\/repos\/([^/]+\/[^/]+)\/deployments\//.exec(url ?? "")?.[1];
}
