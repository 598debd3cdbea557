/** What every draft begins and ends with: nobody has signed it, and the tool never does. */
import { paragraph, type Block } from "../blocks.ts";
import { headed, type Writer } from "../gathered/writer.ts";

export function draftNote({ words }: Writer): Block {
  return paragraph(
    words(
      "draft",
      "NOT SIGNED: DRAFT. It binds nobody until somebody with the authority to sign it has read, corrected and signed it.",
    ),
  );
}

export function signatureBlock(writer: Writer): Block {
  return headed(writer, "signature", "Signature", [
    paragraph(
      writer.words(
        "not-signed",
        "Not signed; draft. Name, title, date and signature are left to whoever signs.",
      ),
    ),
  ]);
}
