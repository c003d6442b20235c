import { createEnvironment, type SecretEnvironment } from "./environment.js";

/**
 * One environment of several. It takes over their values: dispose of the result alone.
 *
 * @throws ConfigError with the reason `name-collision` when two have the same variable; all values
 * are zeroed then.
 */
export function mergeEnvironments(environments: readonly SecretEnvironment[]): SecretEnvironment {
  const variables = environments.flatMap((environment) => environment.variables);
  // Each source has checked its own names, and knows which of them were allowed.
  return createEnvironment(
    variables,
    variables.map(({ name }) => name),
  );
}
