import { randomUUID } from "node:crypto";
import type { ProviderContext, ProviderFinding } from "@kinko/core";
import { findingOfError, probeAccess } from "@kinko/core/diagnose";
import { Connection } from "./client/connection.js";
import { classifyError } from "./errors/classify.js";
import type { AzureOptions } from "./options.js";
import { resolveSettings, type AzureSettings } from "./settings.js";

/** Where credentials come from, by the method of the option. */
const origins: Readonly<Record<AzureSettings["credential"]["method"], string>> = {
  default: "found by the chain of DefaultAzureCredential",
  "client-secret": "a client secret",
  "managed-identity": "a managed identity",
  "workload-identity": "a workload identity",
  "access-token": "an access token that somebody else renews",
};

/**
 * What `kinko doctor` is told: where requests go, what the credential is, and what it may do, tried
 * on a name that nobody has. The vault's region and clock come with its health.
 */
export async function diagnose(
  options: AzureOptions,
  context: ProviderContext,
): Promise<readonly ProviderFinding[]> {
  let settings: AzureSettings;
  try {
    settings = resolveSettings(options, context);
  } catch (error) {
    return [findingOfError("options", error, classifyError)];
  }
  const connection = new Connection(settings, context);
  try {
    const credential = origins[settings.credential.method];
    return [
      { subject: "endpoint", ok: true, message: `The vault is ${settings.vault.origin}.` },
      { subject: "credential", ok: true, message: `The credential is ${credential}.` },
      ...(await checkAccess(connection, context)),
    ];
  } finally {
    connection.close();
  }
}

function checkAccess(connection: Connection, context: ProviderContext): Promise<ProviderFinding[]> {
  const name = `kinko-doctor-${randomUUID()}`;
  const version = randomUUID().replaceAll("-", "");
  return probeAccess(
    [
      {
        verb: "read",
        needs: "the role Key Vault Secrets User, or get in an access policy",
        try: async (abortSignal) => (await connection.client()).getSecret(name, { abortSignal }),
      },
      {
        verb: "list",
        needs: "the role Key Vault Secrets User, or list in an access policy",
        try: async (abortSignal) =>
          (await connection.client())
            .listPropertiesOfSecrets({ abortSignal })
            .byPage({ maxPageSize: 1 })
            .next(),
      },
      {
        verb: "write",
        needs: "the role Key Vault Secrets Officer, or set in an access policy",
        // A write makes a secret of any name; a change of attributes needs the same and does not.
        try: async (abortSignal) =>
          (await connection.client()).updateSecretProperties(name, version, { abortSignal }),
      },
      {
        verb: "delete",
        needs: "the role Key Vault Secrets Officer, or delete in an access policy",
        try: async (abortSignal) =>
          (await connection.client()).beginDeleteSecret(name, { abortSignal }),
      },
    ],
    { context, classifyError },
  );
}
