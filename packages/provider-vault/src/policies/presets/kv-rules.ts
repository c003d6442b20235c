import type { AccessOperation } from "@kinko/core/access";
import { vaultError } from "../../errors/vault-error.js";
import type { Capability, ParameterValues, PolicyRule } from "../model.js";
import { checkNames } from "./names.js";
import { kv2Sections, type Kv2Section } from "../kv2-sections.js";
import { neededSections } from "./operations.js";

/** The key-value engine that rules are for. */
export interface KvPlace {
  /** Path of the mount, without slashes at its ends. Default `secret`. */
  readonly mount?: string | undefined;
  /** Default 2. */
  readonly kvVersion?: 1 | 2 | undefined;
}

/** A checked {@link KvPlace}. */
export interface CheckedPlace {
  readonly mount: string;
  readonly kvVersion: 1 | 2;
}

/** What Kinko sends to write tags; any value. */
const tagParameters: ParameterValues = { custom_metadata: [] };

/** @throws InvalidValueError naming the parameter */
export function checkPlace({ mount = "secret", kvVersion = 2 }: KvPlace): CheckedPlace {
  if (kvVersion !== 1 && kvVersion !== 2)
    throw vaultError("InvalidValue", "There is no such version of the KV engine.", {
      reason: "invalid-kv-version",
      field: "kvVersion",
      advice: "Write 1 or 2.",
    });
  return { mount: checkNames(mount, "mount"), kvVersion };
}

/**
 * The least rules for operations on what `below` names: an exact path, or with `/*` or `*` at its end
 * all that is below. It MUST be checked: globs and templates in it are meant. Of the metadata, `tags` may
 * write the custom one alone: how many versions are kept and for how long, which removes some, is there too.
 * @throws UnsupportedError for an operation that the engine does not have
 */
export function kvRules(
  { mount, kvVersion }: CheckedPlace,
  below: string,
  operations: readonly AccessOperation[],
): PolicyRule[] {
  return [...neededSections(operations, kvVersion)].map(([section, capabilities]) => ({
    path: addressOf(mount, section, below),
    capabilities,
    // No other operation writes there, and what Kinko sends to read, list and purge has no parameters.
    ...(section === "metadata" && operations.includes("tags")
      ? { allowedParameters: tagParameters }
      : {}),
  }));
}

/**
 * Rules that deny a folder with all that is below. The folder itself is named where it can be listed:
 * Vault looks for a list's rule without the slash at its end first, where the glob does not match, and
 * `list` on all of a mount would show the folder's names.
 */
export function folderDenials({ mount, kvVersion }: CheckedPlace, folder: string): PolicyRule[] {
  const sections = kvVersion === 1 ? [undefined] : kv2Sections;
  return sections.flatMap((section) => {
    const address = addressOf(mount, section, folder);
    const isListed = section === undefined || section === "metadata";
    return denials(isListed ? [address, `${address}/*`] : [`${address}/*`]);
  });
}

/** Every address of what is below a folder. */
export function folderAddresses({ mount, kvVersion }: CheckedPlace, folder: string): string[] {
  const sections = kvVersion === 1 ? [undefined] : kv2Sections;
  return sections.map((section) => `${addressOf(mount, section, folder)}/*`);
}

/** A rule that denies each path. */
export function denials(paths: readonly string[]): PolicyRule[] {
  return paths.map((path) => ({ path, capabilities: ["deny"] }));
}

/** An address of KV version 2, or the only one of version 1. */
export function kvAddress(
  { mount, kvVersion }: CheckedPlace,
  section: Kv2Section,
  below: string,
): string {
  return addressOf(mount, kvVersion === 1 ? undefined : section, below);
}

function addressOf(mount: string, section: string | undefined, below: string): string {
  return section === undefined ? `${mount}/${below}` : `${mount}/${section}/${below}`;
}

/**
 * Rules of one path as one that grants what they do, in the order of their first appearance. Vault would
 * hold them all to the parameters of one of them. They have nothing but capabilities and these.
 */
export function joinRules(rules: readonly PolicyRule[]): PolicyRule[] {
  const joined = new Map<string, PolicyRule>();
  for (const rule of rules) {
    const known = joined.get(rule.path);
    const capabilities = new Set([...(known?.capabilities ?? []), ...rule.capabilities]);
    const allowedParameters = joinAllowed(known === undefined ? [rule] : [known, rule]);
    joined.set(rule.path, {
      path: rule.path,
      capabilities: [...capabilities].toSorted(),
      ...(allowedParameters === undefined ? {} : { allowedParameters }),
    });
  }
  return [...joined.values()];
}

const writing: readonly Capability[] = ["create", "update", "patch"];

/** All parameters where a rule lets all be written; those of `tags` are the only others. */
function joinAllowed(rules: readonly PolicyRule[]): ParameterValues | undefined {
  const writers = rules.filter(({ capabilities }) =>
    capabilities.some((capability) => writing.includes(capability)),
  );
  const [first, ...others] = writers.map(({ allowedParameters }) => allowedParameters);
  return others.includes(undefined) ? undefined : first;
}
