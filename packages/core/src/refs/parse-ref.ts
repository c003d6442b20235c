import { InvalidRefError } from "../errors/classes.js";
import type { RefInput, SecretPath, SecretRef, VersionSelector } from "./ref.js";
import { checkPath, segmentProblem } from "./segment.js";

const maxFieldBytes = 512;
const maxVersionBytes = 256;
const checked = new WeakSet<SecretRef>();
const maxParsed = 2_000;
const parsed = new Map<string, SecretRef>();

/**
 * Parses and checks a reference.
 *
 * Text form: `path[#field][@version]`, as in `prod/app/db`, `prod/app/db#password`,
 * `prod/app/db@3`, `prod/app/db#password@stage:AWSPREVIOUS`. Inside a part, `%`, `#` and `@` are
 * written `%25`, `%23` and `%40`.
 *
 * @throws InvalidRefError before anything else happens.
 * @example
 * parseRef("prod/app/db#password@3");
 * // { path: ["prod", "app", "db"], field: "password", version: { kind: "id", id: "3" } }
 */
export function parseRef(input: RefInput | SecretRef): SecretRef {
  if (typeof input === "string") return parseKnownText(input);
  if (checked.has(input as SecretRef)) return input as SecretRef;
  if (typeof input !== "object" || input === null) {
    throw new InvalidRefError("A reference is a string or an object with a path.", {
      reason: "not-a-reference",
      advice: 'Pass a string such as "prod/app/db#password".',
    });
  }
  const version = input.version;
  return build(
    typeof input.path === "string" ? parsePath(input.path) : checkPath(input.path ?? []),
    input.field,
    typeof version === "string" ? parseVersion(version) : version,
  );
}

/** References are few, used again and again, and no secrets; checking one takes microseconds. */
function parseKnownText(text: string): SecretRef {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const ref = parseText(text);
  if (parsed.size >= maxParsed) parsed.clear();
  parsed.set(text, ref);
  return ref;
}

/**
 * Parses the text form of a path, `prod/app/db`; `""` is refused.
 * @throws InvalidRefError
 */
export function parsePath(text: string): SecretPath {
  return checkPath(text.split("/").map(decodePart));
}

/**
 * Parses the prefix of a listing: like a path, but empty means everything and one trailing slash
 * is allowed, since people write `prod/` when they mean what is under it.
 * @throws InvalidRefError
 */
export function parsePrefix(prefix: string | SecretPath | undefined): SecretPath {
  if (prefix === undefined || prefix.length === 0) return Object.freeze([]);
  if (typeof prefix !== "string") return checkPath(prefix);
  return parsePath(prefix.endsWith("/") ? prefix.slice(0, -1) : prefix);
}

/**
 * Parses the text form of a version: `latest`, `latestEnabled`, `stage:NAME`, or an id.
 * @throws InvalidRefError
 */
export function parseVersion(text: string): VersionSelector {
  if (text === "latest" || text === "latestEnabled") return { kind: text };
  if (text.startsWith("stage:")) return checkVersion({ kind: "stage", stage: text.slice(6) });
  return checkVersion({ kind: "id", id: text });
}

function parseText(text: string): SecretRef {
  const hash = text.indexOf("#");
  const at = text.indexOf("@", hash === -1 ? 0 : hash);
  const end = at === -1 ? text.length : at;
  const pathText = text.slice(0, hash === -1 ? end : hash);
  if (pathText.includes("@")) {
    throw new InvalidRefError("The version of a reference comes after its field.", {
      reason: "misplaced-version",
      advice: "Write path#field@version; an @ inside a name is written %40.",
    });
  }
  return build(
    parsePath(pathText),
    hash === -1 ? undefined : decodePart(text.slice(hash + 1, end)),
    at === -1 ? undefined : parseVersion(decodePart(text.slice(at + 1))),
  );
}

function build(path: SecretPath, field?: string, version?: VersionSelector): SecretRef {
  const ref: { path: SecretPath; field?: string; version?: VersionSelector } = { path };
  if (field !== undefined) ref.field = checkField(field);
  if (version !== undefined) ref.version = checkVersion(version);
  Object.freeze(ref);
  checked.add(ref);
  return ref;
}

function decodePart(part: string): string {
  if (!part.includes("%")) return part;
  try {
    return decodeURIComponent(part);
  } catch {
    throw new InvalidRefError("The reference has a % that is not followed by two hex digits.", {
      reason: "bad-escape",
      advice: "Write a literal % as %25.",
    });
  }
}

function checkField(field: unknown): string {
  if (
    typeof field !== "string" ||
    field === "" ||
    !field.isWellFormed() ||
    Buffer.byteLength(field) > maxFieldBytes ||
    // eslint-disable-next-line no-control-regex
    /[\u0000-\u001f\u007f-\u009f]/u.test(field)
  ) {
    throw new InvalidRefError(
      `A field name is 1 to ${maxFieldBytes} bytes of text without control characters.`,
      { reason: "invalid-field", advice: "Write it after a #, such as prod/app/db#password." },
    );
  }
  return field;
}

function checkVersion(version: VersionSelector): VersionSelector {
  if (typeof version !== "object" || version === null) throw invalidVersion();
  if (version.kind === "latest" || version.kind === "latestEnabled") {
    return Object.freeze({ kind: version.kind });
  }
  const text =
    version.kind === "id" ? version.id : version.kind === "stage" ? version.stage : undefined;
  if (
    typeof text !== "string" ||
    Buffer.byteLength(text) > maxVersionBytes ||
    segmentProblem(text) !== undefined ||
    // Such an id would read as a selector in its text form.
    (version.kind === "id" && /^(latest|latestEnabled|stage:.*)$/u.test(text))
  ) {
    throw invalidVersion();
  }
  return Object.freeze({ ...version });
}

function invalidVersion(): InvalidRefError {
  return new InvalidRefError("The version of the reference is not valid.", {
    reason: "invalid-version",
    advice: "Write @latest, @latestEnabled, @stage:NAME or a version id such as @3.",
  });
}
