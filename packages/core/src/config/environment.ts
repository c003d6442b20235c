/**
 * Options of a provider entry from the environment: `KINKO_VAULT_ADDRESS` is `address` of the
 * entry `vault`, `KINKO_VAULT_AUTH__ROLE_ID` is `auth.roleId`. They override the config file.
 */
export interface EnvironmentOption {
  readonly variable: string;
  readonly path: readonly string[];
  readonly value: string;
}

/**
 * Finds the variables of an entry. With the entries `vault` and `vault-prod`,
 * `KINKO_VAULT_PROD_ADDRESS` belongs to the one with the longer name alone.
 */
export function environmentOptions(
  entry: string,
  env: Readonly<Record<string, string | undefined>>,
  entries: readonly string[] = [],
): EnvironmentOption[] {
  const prefix = prefixOf(entry);
  const longer = entries
    .map(prefixOf)
    .filter((other) => other !== prefix && other.startsWith(prefix));
  const found: EnvironmentOption[] = [];
  for (const [variable, value] of Object.entries(env)) {
    if (!variable.startsWith(prefix) || value === undefined || value === "") continue;
    if (longer.some((other) => variable.startsWith(other))) continue;
    const path = variable.slice(prefix.length).split("__").map(toCamelCase);
    if (path.every((key) => key !== "")) found.push({ variable, path, value });
  }
  return found.sort((left, right) => (left.variable < right.variable ? -1 : 1));
}

function prefixOf(entry: string): string {
  return `KINKO_${entry.replaceAll(/[^A-Za-z0-9]+/gu, "_").toUpperCase()}_`;
}

function toCamelCase(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/_([a-z0-9])/gu, (_match, next: string) => next.toUpperCase());
}

/** A copy of `options` in which `path` has `value`. */
export function withOption(
  options: Readonly<Record<string, unknown>>,
  path: readonly string[],
  value: unknown,
): Record<string, unknown> {
  const [key, ...rest] = path as [string, ...string[]];
  if (rest.length === 0) return { ...options, [key]: value };
  const inner = options[key];
  const nested = typeof inner === "object" && inner !== null && !Array.isArray(inner) ? inner : {};
  return { ...options, [key]: withOption(nested as Record<string, unknown>, rest, value) };
}

/** What a variable means when its text does not fit the schema: a number, a boolean, or JSON. */
export function parseEnvironmentValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
