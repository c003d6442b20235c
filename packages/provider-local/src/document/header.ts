import { localError } from "../errors.js";
import { corruptDocument } from "./entry.js";

/** The format that this version of Kinko reads and writes. */
const formatName = "kinko-store";
const formatVersion = 1;

/** What a document says about itself. */
export interface DocumentHeader {
  /** Random, given once. */
  readonly storeId: string;
  /** Counts the commits. */
  readonly generation: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Public keys that the file was last encrypted to; an age file itself does not tell. */
  readonly recipients: readonly string[];
}

/** The first line of a document, up to and with the opening brace of the secrets. */
export function serialiseHeader(header: DocumentHeader): string {
  const { storeId, generation, createdAt, updatedAt, recipients } = header;
  const text = JSON.stringify({
    format: formatName,
    formatVersion,
    storeId,
    generation,
    createdAt,
    updatedAt,
    recipients,
  });
  return `${text.slice(0, -1)},"secrets":{`;
}

/** Checks the header of a parsed document. @throws ConfigError, CorruptError */
export function checkHeader(document: Readonly<Record<string, unknown>>): DocumentHeader {
  if (document["format"] !== formatName) throw notOurs();
  const version = document["formatVersion"];
  if (typeof version !== "number" || !Number.isSafeInteger(version) || version < 1) {
    throw corruptDocument();
  }
  if (version > formatVersion) {
    throw localError(
      "Config",
      "newer-format",
      `The store has format version ${version}; this version of Kinko reads up to ${formatVersion}.`,
      "Update @kinko/provider-local; the store was not changed.",
    );
  }
  const { storeId, generation, createdAt, updatedAt, recipients } = document;
  if (
    typeof storeId !== "string" ||
    typeof generation !== "number" ||
    !Number.isSafeInteger(generation) ||
    typeof createdAt !== "string" ||
    typeof updatedAt !== "string" ||
    !Array.isArray(recipients) ||
    !recipients.every((recipient): recipient is string => typeof recipient === "string")
  ) {
    throw corruptDocument();
  }
  return { storeId, generation, createdAt, updatedAt, recipients };
}

/** The file opens with this identity, but holds something else. */
export function notOurs(): ReturnType<typeof localError> {
  return localError(
    "Config",
    "foreign-store-file",
    "The file is encrypted with age, but what is in it is not a Kinko store.",
    "Point `file` at a store, or run kinko init with another file name.",
  );
}
