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
 * Whether text stands where the name says that it is a credential, and not as a mere reference; for
 * what must never be an argument.
 */
export function hasLiteralCredential(value: unknown, option: string): boolean {
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).some(([name, inner]) => hasLiteralCredential(inner, name));
  }
  if (typeof value !== "string" || referenceOnly.test(value)) return false;
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
