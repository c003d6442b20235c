import type { KeyVaultSecret } from "@azure/keyvault-secrets";
import { cancellationOf, type CallOptions, type ProviderSecret, type SecretRef } from "@kinko/core";
import { allDisabled, noStages, versionNotFound } from "../errors/absence.js";
import { azureError } from "../errors/azure-error.js";
import { isFailure } from "../errors/service-failure.js";
import type { NameCodec } from "../names.js";
import { visibleTags } from "./tags.js";
import { fromStoredValue } from "./value.js";
import type { VaultClient } from "./vault-client.js";
import { isVersionId, type Versions } from "./versions.js";

/** What {@link readSecret} needs. */
export interface Reader {
  readonly client: VaultClient;
  readonly names: NameCodec;
  readonly versions: Versions;
}

/** Reads one version. Versions outside their nbf and exp are read too, as Key Vault does it. */
export async function readSecret(
  { client, names, versions }: Reader,
  ref: SecretRef,
  options: CallOptions,
): Promise<ProviderSecret> {
  const name = names.encode(ref.path);
  const selector = ref.version ?? { kind: "latest" };
  const read = async (version?: string): Promise<ProviderSecret> => {
    const sdk = await client.sdk();
    const found = await sdk.getSecret(name, {
      abortSignal: cancellationOf(options),
      ...(version === undefined ? {} : { version }),
    });
    return toProviderSecret(found);
  };

  switch (selector.kind) {
    case "stage":
      throw noStages();
    case "latest":
      try {
        return await read();
      } catch (error) {
        throw isFailure(error, 404) ? await client.absence(name, options) : error;
      }
    case "id":
      try {
        if (isVersionId(selector.id)) return await read(selector.id);
      } catch (error) {
        if (!isFailure(error, 404)) throw error;
      }
      throw await missingVersion(client, name, options);
    case "latestEnabled":
      try {
        return await read();
      } catch (error) {
        if (isFailure(error, 404)) throw await client.absence(name, options);
        if (!isFailure(error, 403, "SecretDisabled")) throw error;
        return read(await newestEnabled(versions, name, options));
      }
  }
}

async function newestEnabled(
  versions: Versions,
  name: string,
  options: CallOptions,
): Promise<string> {
  const all = await versions.newestFirst(name, options);
  const version = all.find(({ enabled }) => enabled !== false)?.version;
  if (version === undefined) throw allDisabled();
  return version;
}

async function missingVersion(
  client: VaultClient,
  name: string,
  options: CallOptions,
): Promise<Error> {
  const [existing] = await client.versions(name, options, 1);
  return existing === undefined ? client.absence(name, options) : versionNotFound();
}

function toProviderSecret({ value, properties }: KeyVaultSecret): ProviderSecret {
  if (typeof value !== "string") {
    throw azureError("Corrupt", "Key Vault's answer has no value.", {
      reason: "answer-malformed",
      retryable: true,
      advice: "Try again; if it stays so, look at the proxy or gateway in between.",
    });
  }
  return {
    value: fromStoredValue(value, properties.contentType),
    version: properties.version,
    createdAt: properties.createdOn,
    tags: visibleTags(properties.tags),
  };
}
