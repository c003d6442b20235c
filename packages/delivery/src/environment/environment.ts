import { ConfigError, type Secret } from "@kinko/core";
import { checkTargetName } from "./refused-names.js";

/** One variable to be set, with the secret that it gets. */
export interface EnvironmentVariable {
  readonly name: string;
  readonly value: Secret;
  /** Where the value comes from, for messages: a reference, or a place in an env file. */
  readonly source: string;
}

/**
 * Variables made of secrets, sorted by name, each name once. Whoever made it disposes of it, which
 * zeroes every value.
 */
export interface SecretEnvironment extends Disposable {
  readonly variables: readonly EnvironmentVariable[];
  /** Zeroes every value. Idempotent. */
  dispose(): void;
}

/** Options that every source of variables takes. */
export interface EnvironmentOptions {
  /**
   * Names that are set although they can make a program load code or find other programs, such as
   * `PATH`. Default: none.
   */
  readonly allowNames?: readonly string[] | undefined;
  /** Cancels the reads. */
  readonly signal?: AbortSignal | undefined;
  /** Total time of each read in milliseconds. Default: the store's. */
  readonly timeoutMs?: number | undefined;
}

/**
 * Collects variables, checks names and collisions, and sorts. On failure, also of the iteration,
 * every value is zeroed.
 *
 * @throws ConfigError with the reason `refused-variable`, `invalid-variable` or `name-collision`.
 */
export function createEnvironment(
  collected: Iterable<EnvironmentVariable>,
  allowNames: readonly string[] = [],
): SecretEnvironment {
  const variables: EnvironmentVariable[] = [];
  try {
    for (const variable of collected) variables.push(variable);
    for (const { name, source } of variables) checkTargetName(name, source, allowNames);
    refuseCollisions(variables);
  } catch (error) {
    for (const { value } of variables) value.dispose();
    throw error;
  }
  const sorted = Object.freeze(
    variables.toSorted((left, right) => compareCodeUnits(left.name, right.name)),
  );
  const dispose = (): void => {
    for (const { value } of sorted) value.dispose();
  };
  return { variables: sorted, dispose, [Symbol.dispose]: dispose };
}

function refuseCollisions(variables: readonly EnvironmentVariable[]): void {
  const sources = new Map<string, string>();
  for (const { name, source } of variables) {
    const other = sources.get(name);
    if (other !== undefined) {
      throw new ConfigError(`${other} and ${source} would both become the variable ${name}.`, {
        reason: "name-collision",
        advice: "Rename one of them, or choose the variables one by one with a manifest.",
      });
    }
    sources.set(name, source);
  }
}

/** Order by UTF-16 code units: the same on every machine, whatever its locale. */
export function compareCodeUnits(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
