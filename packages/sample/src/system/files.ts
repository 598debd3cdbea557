/** The seven files in which the invented company says what its system is, and the texts of its policies. */
import { boundaryYaml } from "./boundary.ts";
import { dataYaml } from "./data.ts";
import { modelsYaml } from "./models.ts";
import type { SystemParts } from "./parts.ts";
import { policyFiles } from "./policies.ts";
import { registersYaml } from "./registers.ts";
import { serviceYaml } from "./service.ts";
import { vendorsYaml } from "./vendors.ts";

export function systemFiles(parts: SystemParts): { path: string; text: string }[] {
  return [
    { path: "countersign/service.yaml", text: serviceYaml(parts) },
    { path: "countersign/boundary.yaml", text: boundaryYaml(parts) },
    { path: "countersign/data.yaml", text: dataYaml(parts) },
    { path: "countersign/models.yaml", text: modelsYaml(parts) },
    { path: "countersign/vendors.yaml", text: vendorsYaml(parts) },
    { path: "countersign/registers.yaml", text: registersYaml(parts) },
    ...policyFiles(parts),
  ];
}
