import type { AccessToken, GetTokenOptions, TokenCredential } from "@azure/identity";
import type { ProviderContext } from "@kinko/core";
import { azureError } from "../errors/azure-error.js";
import { credentialError } from "../errors/credential-error.js";
import type { AzureCredentialOptions } from "../options.js";
import type { ProxySettings } from "../settings.js";
import { readOptionFile } from "./read-file.js";
import { SingleFlight } from "./single-flight.js";

/** How requests for tokens travel. */
export interface CredentialNetwork {
  readonly proxy: ProxySettings | undefined;
  /** Used for an `authorityHost` of one's own only: Microsoft's have public certificates. */
  readonly ca: string | undefined;
}

/** A static token without an expiry of its own is taken for valid this long, in milliseconds. */
const assumedLifeMs = 3_600_000;

/**
 * The credential of the options, which loads `@azure/identity` when a token is first needed.
 * Errors come out as SecretErrors: those of the SDK hold requests and answers.
 */
export function createCredential(
  options: AzureCredentialOptions,
  network: CredentialNetwork,
  context: ProviderContext,
): TokenCredential {
  const flights = new SingleFlight<AccessToken>(context.clock, context.timeoutMs);
  let loading: Promise<TokenCredential> | undefined;

  const request = async (
    scopes: string | string[],
    tokenOptions: GetTokenOptions,
  ): Promise<AccessToken> => {
    try {
      if (options.method === "access-token") return await readToken(options, context);
      // A secret in a file can change, so that credential is made anew each time.
      if (options.method !== "client-secret" || options.clientSecretFile === undefined) {
        loading ??= loadCredential(options, network);
      }
      const credential = await (loading ?? loadCredential(options, network));
      const token = await credential.getToken(scopes, tokenOptions);
      if (token !== null) return token;
    } catch (error) {
      throw credentialError(error);
    }
    throw azureError("Unauthenticated", "The credential gave no token for Key Vault.", {
      reason: "no-token",
      advice: "Check the option credential.",
    });
  };

  return {
    getToken: (scopes, tokenOptions = {}) => {
      const { tenantId, claims, enableCae } = tokenOptions;
      // Without the caller's signal: others wait for the same token.
      return flights.run(JSON.stringify([scopes, tenantId, claims]), (abortSignal) =>
        request(scopes, {
          abortSignal,
          ...(tenantId === undefined ? {} : { tenantId }),
          ...(claims === undefined ? {} : { claims }),
          ...(enableCae === undefined ? {} : { enableCae }),
        }),
      );
    },
  };
}

async function loadCredential(
  options: Exclude<AzureCredentialOptions, { readonly method: "access-token" }>,
  network: CredentialNetwork,
): Promise<TokenCredential> {
  const identity = await import("@azure/identity");
  const authorityHost = "authorityHost" in options ? options.authorityHost : undefined;
  const common = {
    retryOptions: { maxRetries: 0 },
    ...(network.proxy === undefined ? {} : { proxyOptions: network.proxy }),
    ...(authorityHost === undefined
      ? {}
      : {
          authorityHost,
          // An authority that Microsoft does not know, it cannot vouch for.
          disableInstanceDiscovery:
            !/\.(?:microsoftonline\.(?:com|us|cn)|microsoft\.com|windows\.net|chinacloudapi\.cn)$/u.test(
              new URL(authorityHost).hostname,
            ),
          ...(network.ca === undefined ? {} : { tlsOptions: { ca: network.ca } }),
        }),
  };
  switch (options.method) {
    case "default":
      return new identity.DefaultAzureCredential({
        ...common,
        ...(options.tenantId === undefined ? {} : { tenantId: options.tenantId }),
        ...(options.managedIdentityClientId === undefined
          ? {}
          : { managedIdentityClientId: options.managedIdentityClientId }),
      });
    case "client-secret": {
      const { tenantId, clientId, clientSecret, clientSecretFile } = options;
      const secret =
        clientSecret ??
        (await readOptionFile(clientSecretFile ?? "", "credential.clientSecretFile")).trim();
      return new identity.ClientSecretCredential(tenantId, clientId, secret, common);
    }
    case "managed-identity":
      if (options.resourceId !== undefined) {
        return new identity.ManagedIdentityCredential({
          ...common,
          resourceId: options.resourceId,
        });
      }
      return new identity.ManagedIdentityCredential({
        ...common,
        ...(options.clientId === undefined ? {} : { clientId: options.clientId }),
      });
    case "workload-identity":
      return new identity.WorkloadIdentityCredential({
        ...common,
        ...(options.tenantId === undefined ? {} : { tenantId: options.tenantId }),
        ...(options.clientId === undefined ? {} : { clientId: options.clientId }),
        ...(options.tokenFile === undefined ? {} : { tokenFilePath: options.tokenFile }),
      });
  }
}

async function readToken(
  options: Extract<AzureCredentialOptions, { readonly method: "access-token" }>,
  context: ProviderContext,
): Promise<AccessToken> {
  const text =
    options.token ?? (await readOptionFile(options.tokenFile ?? "", "credential.tokenFile"));
  const token = text.trim();
  // It travels in a header, where a line break would begin another one.
  if (!/^[\u0021-\u007e]+$/u.test(token)) {
    throw azureError("Unauthenticated", "What stands for the access token is not a token.", {
      reason: "malformed-token",
      advice: "Check credential.token or the file of credential.tokenFile.",
    });
  }
  return { token, expiresOnTimestamp: expiryOf(token) ?? context.clock.now() + assumedLifeMs };
}

/** When a token says that it expires; the vault decides, this only says when to look again. */
function expiryOf(token: string): number | undefined {
  try {
    const claims = JSON.parse(
      Buffer.from(token.split(".")[1] ?? "", "base64url").toString(),
    ) as unknown;
    const exp = (claims as { readonly exp?: unknown }).exp;
    return typeof exp === "number" ? exp * 1_000 : undefined;
  } catch {
    return undefined;
  }
}
