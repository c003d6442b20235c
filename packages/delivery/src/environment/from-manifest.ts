import {
  formatRef,
  parseRef,
  type RefInput,
  type Secret,
  type SecretRef,
  type SecretStore,
} from "@kinko/core";
import {
  createEnvironment,
  type EnvironmentOptions,
  type EnvironmentVariable,
  type SecretEnvironment,
} from "./environment.js";
import { checkTargetName } from "./refused-names.js";
import { readAll } from "./read-all.js";

/**
 * Variables chosen one by one: each name gets the secret of its reference. A JSON secret becomes
 * its canonical JSON text; name a `#field` to get a part of it.
 *
 * @throws ConfigError before any read when a name is refused; NotFoundError with the reason
 * `missing-secrets` naming everything that is missing at once.
 * @example
 * using environment = await environmentFromManifest(store, {
 *   DATABASE_PASSWORD: "prod/app/db#password",
 * });
 */
export async function environmentFromManifest(
  store: SecretStore,
  manifest: Readonly<Record<string, RefInput>>,
  options: EnvironmentOptions = {},
): Promise<SecretEnvironment> {
  const wanted = Object.entries(manifest).map(([name, ref]) => ({ name, ref: parseRef(ref) }));
  for (const { name, ref } of wanted) {
    checkTargetName(name, formatRef(ref), options.allowNames ?? []);
  }
  const secrets = await readAll(store, wanted, options);
  try {
    return createEnvironment(variablesOf(wanted, secrets), options.allowNames);
  } finally {
    for (const secret of secrets.values()) secret.dispose();
  }
}

function* variablesOf(
  wanted: readonly { readonly name: string; readonly ref: SecretRef }[],
  secrets: ReadonlyMap<string, Secret>,
): Generator<EnvironmentVariable> {
  for (const { name, ref } of wanted) {
    const source = formatRef(ref);
    const secret = secrets.get(source);
    // A copy each: two names of one reference are disposed of separately.
    if (secret !== undefined) yield { name, value: secret.copy(), source };
  }
}
