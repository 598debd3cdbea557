/**
 * The system description: a draft of Section III, with every description criterion DC1 to DC9 (DC 200, 2018, with the
 * guidance of 2022) as a section of its own, whatever the program says.
 */
import { paragraph, type Block, type WrittenDocument } from "../blocks.ts";
import { frontFacts } from "../front.ts";
import type { Source } from "../gathered/source.ts";
import { headed, written, type Writer } from "../gathered/writer.ts";
import { components } from "./components.ts";
import { criteriaAndControls, notRelevant } from "./criteria.ts";
import { changes, incidents } from "./decisions.ts";
import { subserviceOrganizations, userControls, userResponsibilities } from "./parties.ts";
import { commitments, services } from "./promises.ts";

/** The same facts give the same document. */
export function systemDescription(source: Source): WrittenDocument {
  return written(
    { name: "system-description", version: 1, title: "System description: draft", write: sections },
    source,
  );
}

function sections(writer: Writer): readonly Block[] {
  const { say } = writer;
  return [
    paragraph(
      say`This is management's draft of the description of the system of ${frontFacts.organization}.`,
      writer.words(
        "holes",
        "What nobody has stated stands as missing, with whoever would state it; management completes it before it hands the description out.",
      ),
    ),
    services(writer),
    commitments(writer),
    components(writer),
    incidents(writer),
    criteriaAndControls(writer),
    headed(writer, "dc6", "DC6: Complementary user entity controls", [
      userControls(writer),
      headed(writer, "dc6-other", "Other user responsibilities", [userResponsibilities(writer)]),
    ]),
    headed(writer, "dc7", "DC7: Subservice organizations", subserviceOrganizations(writer)),
    notRelevant(writer),
    changes(writer),
  ];
}
