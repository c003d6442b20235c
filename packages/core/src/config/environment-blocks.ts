import { environmentOptions, parseEnvironmentValue, withOption } from "./environment.js";
import { isMap } from "../runtime/is-map.js";

/** Blocks of the config that the environment overrides as it does options of an entry. */
const blocks = ["resilience", "leases"] as const;

/** A config with what the environment says of its blocks, and the variables that said it. */
export interface OverriddenConfig {
  readonly data: unknown;
  readonly variables: readonly string[];
}

/**
 * Applies `KINKO_RESILIENCE_…`, `KINKO_LEASES_…` and `KINKO_<ENTRY>_RESILIENCE__…`: of
 * `KINKO_RESILIENCE_CACHE__TTL_SECONDS=5` comes `resilience.cache.ttlSeconds`, and of
 * `KINKO_RESILIENCE=false` that there is none. An entry that is called like a block keeps its
 * variables to itself.
 *
 * @param selected entry that serves, which the config need not have
 */
export function withEnvironmentBlocks(
  data: unknown,
  env: Readonly<Record<string, string | undefined>>,
  selected: string,
): OverriddenConfig {
  if (!isMap(data)) return { data, variables: [] };
  const providers = isMap(data["providers"]) ? data["providers"] : {};
  const entries = [...new Set([...Object.keys(providers), selected])];
  const variables: string[] = [];
  let changed: Readonly<Record<string, unknown>> = data;
  const set = (variable: string, path: readonly string[], value: string): void => {
    variables.push(variable);
    changed = withOption(changed, path, parseEnvironmentValue(value));
  };
  for (const block of blocks) {
    if (entries.includes(block)) continue;
    const whole = `KINKO_${block.toUpperCase()}`;
    const value = env[whole];
    if (value !== undefined && value !== "") set(whole, [block], value);
    for (const option of environmentOptions(block, env, entries)) {
      set(option.variable, [block, ...option.path], option.value);
    }
  }
  for (const entry of entries) {
    for (const option of environmentOptions(entry, env, entries)) {
      if (option.path[0] !== "resilience") continue;
      set(option.variable, ["providers", entry, ...option.path], option.value);
    }
  }
  return { data: changed, variables };
}
