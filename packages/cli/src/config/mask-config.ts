/** What stands for a value that could be a credential. */
const mask = "●●●●●●●●";

/** Options whose text is certainly harmless; everything else could be a credential. */
const harmless = new Set([
  "use",
  "provider",
  "prefix",
  "$schema",
  "file",
  "path",
  "directory",
  "folder",
  "mount",
  "namespace",
  "region",
  "project",
  "engine",
  "method",
  "format",
  "level",
  "mode",
  "type",
  "kind",
  "profile",
  "version",
]);
const harmlessEndings =
  /(?:File|Path|Folder|Directory|Mount|Region|Namespace|Env|Version|Format|Mode)$/u;
const addresses = /(?:^|[a-z])(?:address|addr|url|uri|endpoint|host)$/iu;
const credentials = /secret|token|pass|credential|private|signature|api_?key/iu;
/** age identities, PEM keys, tokens of Vault, passwords inside URLs. */
const wellKnownForms =
  /AGE-SECRET-KEY-1|-----BEGIN [A-Z ]*PRIVATE KEY|\bhv[sbr]\.\w{16}|^\w+:\/\/[^/@\s]*:[^/@\s]+@/u;
/** Text that only says where a credential is. */
const referenceOnly = /^(?:\$\{(?:env|file):[^}]*\})+$/u;

/**
 * A config for people to see: every option that could be a credential is masked. The rule is the
 * cautious one: text is shown only under names that are known to be harmless, where it is a mere
 * reference such as `${env:NAME}`, or an address, and that without user, password and query.
 */
export function maskConfig(value: unknown, option = ""): unknown {
  if (Array.isArray(value)) return value.map((item) => maskConfig(item, option));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [name, maskConfig(inner, name)]),
    );
  }
  if (typeof value !== "string") return typeof value === "function" ? mask : value;
  if (referenceOnly.test(value)) return value;
  if (credentials.test(option) && !harmlessEndings.test(option)) return mask;
  if (addresses.test(option)) return maskAddress(value);
  return harmless.has(option) || harmlessEndings.test(option) ? value : mask;
}

/**
 * Whether there is text that certainly is a credential, by its option's name or its own form, and
 * not a mere reference: what must not be an argument, nor lie in a file that others can read.
 */
export function hasLiteralCredential(value: unknown, option = ""): boolean {
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).some(([name, inner]) =>
      hasLiteralCredential(inner, Array.isArray(value) ? option : name),
    );
  }
  if (typeof value !== "string" || value === "" || referenceOnly.test(value)) return false;
  if (wellKnownForms.test(value)) return true;
  return credentials.test(option) && !harmlessEndings.test(option);
}

function maskAddress(text: string): string {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return /^[\w.-]+(?::\d+)?$/u.test(text) ? text : mask;
  }
  const user = url.username === "" && url.password === "" ? "" : `${mask}@`;
  const query = url.search === "" && url.hash === "" ? "" : `?${mask}`;
  return `${url.protocol}//${user}${url.host}${url.pathname === "/" ? "" : url.pathname}${query}`;
}
