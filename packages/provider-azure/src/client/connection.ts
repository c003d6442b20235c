import { Agent } from "node:https";
import { createSecureContext, type SecureContext } from "node:tls";
import type { SecretClient } from "@azure/keyvault-secrets";
import type { ProviderContext } from "@kinko/core";
import { azureError } from "../errors/azure-error.js";
import type { AzureSettings } from "../settings.js";
import { createCredential } from "./credential.js";
import { createHttpClient } from "./http-client.js";
import { removeIdlePolicies } from "./idle-policies.js";
import { createPolicies } from "./policies.js";
import { readCertificateAuthority } from "./read-file.js";

/** Sockets to one vault; Key Vault answers far below what these can carry. */
const maxSockets = 64;

/** The way to the vault. SDK, certificate and credential are loaded at the first call. */
export class Connection {
  readonly #settings: AzureSettings;
  readonly #context: ProviderContext;
  #client: Promise<SecretClient> | undefined;
  #agent: Agent | undefined;

  constructor(settings: AzureSettings, context: ProviderContext) {
    this.#settings = settings;
    this.#context = context;
  }

  /** The SDK's client. @throws ConfigError when the certificate cannot be read */
  client(): Promise<SecretClient> {
    if (this.#client === undefined) {
      const connecting = this.#connect();
      this.#client = connecting;
      // What failed once, such as a file that was not there yet, may work the next time.
      connecting.catch(() => this.#forget(connecting));
    }
    return this.#client;
  }

  /** Ends idle and busy sockets. */
  close(): void {
    this.#agent?.destroy();
    this.#client = undefined;
  }

  #forget(client: Promise<SecretClient> | undefined): void {
    if (this.#client === client) this.#client = undefined;
  }

  async #connect(): Promise<SecretClient> {
    const settings = this.#settings;
    const [sdk, ca] = await Promise.all([
      import("@azure/keyvault-secrets"),
      readCertificateAuthority(settings),
    ]);
    const usesProxy = settings.proxy !== undefined || proxyInEnvironment(this.#context.env);
    if (!usesProxy) {
      // Kept when the client is replaced: calls of the old one may be under way.
      this.#agent ??= createAgent(ca);
    }
    const credential = createCredential(
      settings.credential,
      { proxy: settings.proxy, ca },
      this.#context,
    );
    const made: SecretClient = new sdk.SecretClient(settings.vault.origin, credential, {
      ...(settings.apiVersion === undefined ? {} : { serviceVersion: settings.apiVersion }),
      disableChallengeResourceVerification: !settings.verifyChallengeResource,
      httpClient: createHttpClient(settings.vault),
      // The store retries; two layers of retries would multiply.
      retryOptions: { maxRetries: 0 },
      redirectOptions: { maxRetries: 0 },
      additionalPolicies: createPolicies({
        vault: settings.vault,
        verifyChallengeResource: settings.verifyChallengeResource,
        ca: usesProxy ? ca : undefined,
        // The SDK keeps a token until it expires; a new client asks for a new one.
        onTokenRejected: () => this.#replace(made),
      }),
      ...(settings.proxy === undefined ? {} : { proxyOptions: settings.proxy }),
      ...(this.#agent === undefined ? {} : { agent: this.#agent }),
    });
    removeIdlePolicies(made);
    return made;
  }

  #replace(rejected: SecretClient): void {
    const current = this.#client;
    void current?.then(
      (client) => {
        if (client === rejected) this.#forget(current);
      },
      () => undefined,
    );
  }
}

function createAgent(ca: string | undefined): Agent {
  const common = { keepAlive: true, maxSockets };
  if (ca === undefined) return new Agent(common);
  // An agent compares the text of `ca` at every request; a context is only referred to.
  return new Agent({ ...common, secureContext: secureContextOf(ca) });
}

/** @throws ConfigError for what is no certificate, without quoting it */
function secureContextOf(ca: string): SecureContext {
  try {
    return createSecureContext({ ca });
  } catch {
    throw azureError("Config", "The certificate authority in the tls options cannot be used.", {
      reason: "tls-file-unusable",
      advice: "Check that the file is complete PEM.",
    });
  }
}

function proxyInEnvironment(env: ProviderContext["env"]): boolean {
  return ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "HTTP_PROXY", "http_proxy"].some(
    (name) => (env[name] ?? "") !== "",
  );
}
