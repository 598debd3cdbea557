/** Which documents can be written, in which forms, and the files that each consists of. */
import { ProblemError } from "@countersign/kernel";
import type { WrittenDocument } from "../blocks.ts";
import { docxOf } from "../forms/docx.ts";
import { htmlOf } from "../forms/html.ts";
import { pdfOf } from "../forms/pdf.ts";
import { xlsxOf } from "../forms/xlsx.ts";
import { gather, type DocumentInput, type Source } from "../gathered/source.ts";
import { managementDocuments } from "../management-documents.ts";
import { sidecarText } from "../sidecar.ts";
import { attributeMatrix } from "./attribute-matrix.ts";
import { criteriaMatrix } from "./criteria-matrix.ts";

export const documentForms = ["pdf", "docx", "html", "xlsx"] as const;
export type DocumentForm = (typeof documentForms)[number];

export type DocumentKind = {
  readonly name: string;
  /** What it is, for a list. */
  readonly words: string;
  /** The form that is written where none is asked for. */
  readonly form: DocumentForm;
  readonly write: (input: DocumentInput) => WrittenDocument;
};

const from =
  (write: (source: Source) => WrittenDocument) =>
  (input: DocumentInput): WrittenDocument =>
    write(gather({ ...input, type: "type-2" }));

export const documentKinds: readonly DocumentKind[] = [
  {
    name: "criteria-matrix",
    words: "criteria and the controls that serve them; never results",
    form: "pdf",
    write: from(criteriaMatrix),
  },
  {
    name: "attribute-matrix",
    words: "management's attributes: words, rule, population and frequency of each",
    form: "xlsx",
    write: from(attributeMatrix),
  },
  ...Object.entries(managementDocuments).map(([name, { words, write }]): DocumentKind => ({
    name,
    words,
    // To be completed by management, so that it must be one that can be edited.
    form: "docx",
    write: from(write),
  })),
];

/** @throws ProblemError that lists the names there are. */
export function documentKind(name: string): DocumentKind {
  const kind = documentKinds.find((each) => each.name === name);
  if (kind !== undefined) return kind;
  throw new ProblemError({
    code: "unknown-document",
    what: `there is no document ${JSON.stringify(name)}`,
    why: `there are ${documentKinds.map((each) => each.name).join(", ")}`,
    next: "countersign document list",
  });
}

export type DocumentFile = { readonly name: string; readonly bytes: Uint8Array };

/**
 * The document in one form, and its sidecar. The same document gives the same bytes.
 * @param fonts the files of `PDF_FONTS`; read only for a pdf.
 */
export async function documentFiles(
  document: WrittenDocument,
  form: DocumentForm,
  fonts: () => readonly Uint8Array[],
): Promise<readonly [document: DocumentFile, sidecar: DocumentFile]> {
  const bytes = await formOf(document, form, fonts);
  return [
    { name: `${document.name}.${form}`, bytes },
    { name: `${document.name}.sidecar.json`, bytes: Buffer.from(sidecarText(document)) },
  ];
}

async function formOf(
  document: WrittenDocument,
  form: DocumentForm,
  fonts: () => readonly Uint8Array[],
): Promise<Uint8Array> {
  switch (form) {
    case "pdf":
      return pdfOf(document, fonts());
    case "docx":
      return docxOf(document);
    case "html":
      return htmlOf(document);
    case "xlsx":
      return xlsxOf(document);
  }
}
