import type { Profile } from "../profile/values.js";
import { canonicalEnvironment, commonEnvironmentNames } from "./environment-names.js";
import { evidenceLine, maxListed } from "./evidence.js";

/** How to count the names of a store. */
export interface CountFromStoreOptions {
  /** First path segments that are environments. Default: the common ones, short forms included. */
  readonly environments?: readonly string[] | undefined;
  /** Default `/`. */
  readonly separator?: string | undefined;
  /** Where the names come from, for the source of the answers. Default `configured store`. */
  readonly source?: string | undefined;
}

/**
 * Counts secrets and environments from the names that a configured store lists.
 *
 * An environment is a first path segment that is a common environment's name (`prod/app/db`). Only
 * names are looked at, and none is kept. Names that no environment precedes still count as secrets.
 *
 * @example
 * const measured = await countFromStore(names, { source: "vault at secret/" });
 * const decision = decide(mergeProfiles(measured, profile));
 */
export async function countFromStore(
  names: AsyncIterable<string> | Iterable<string>,
  options: CountFromStoreOptions = {},
): Promise<Pick<Profile, "secretCount" | "environmentCount" | "environmentNames">> {
  const { separator = "/", source = "configured store" } = options;
  const known = new Set(
    (options.environments ?? commonEnvironmentNames).map((name) => canonicalEnvironment(name)),
  );
  const found = new Set<string>();
  let secrets = 0;
  for await (const name of names) {
    secrets += 1;
    const segments = name.split(separator).filter((segment) => segment !== "");
    const environment = canonicalEnvironment(segments[0] ?? "");
    if (segments.length > 1 && known.has(environment)) found.add(environment);
  }
  const environments = [...found].toSorted();
  const evidence = evidenceLine(`first path segments: ${environments.join(", ")}`);
  const hasEnvironments = environments.length > 0;
  return {
    secretCount: { value: secrets, evidence: `${secrets} names listed`, source },
    environmentCount: hasEnvironments ? { value: environments.length, evidence, source } : null,
    environmentNames: hasEnvironments
      ? { value: environments.slice(0, maxListed), evidence, source }
      : null,
  };
}
