import type { SecretRef, VersionSelector } from "./ref.js";
import { rememberByPath } from "./remember-by-path.js";

/** The text form of a path; `parsePath` gives the same path again. */
export const formatPath = rememberByPath((path) => path.map(escapePart).join("/"));

/** The text form of a version selector; `parseVersion` gives the same selector again. */
export function formatVersion(version: VersionSelector): string {
  switch (version.kind) {
    case "id":
      return version.id;
    case "stage":
      return `stage:${version.stage}`;
    default:
      return version.kind;
  }
}

/** The text form of a reference; `parseRef` gives the same reference again. */
export function formatRef(ref: SecretRef): string {
  let text = formatPath(ref.path);
  if (ref.field !== undefined) text += `#${escapePart(ref.field)}`;
  if (ref.version !== undefined) text += `@${escapePart(formatVersion(ref.version))}`;
  return text;
}

function escapePart(part: string): string {
  return part.replace(/[%#@]/g, (character) =>
    character === "%" ? "%25" : character === "#" ? "%23" : "%40",
  );
}

/** The text form of what may be a text already. */
export function refText(ref: SecretRef | string | undefined): string | undefined {
  return typeof ref === "object" ? formatRef(ref) : ref;
}
