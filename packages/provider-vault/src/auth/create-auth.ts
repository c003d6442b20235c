import type { Clock, Logger } from "@kinko/core";
import type { VaultAnswer } from "../client/answer.js";
import type { VaultRequest } from "../client/vault-client.js";
import type { AuthMethod } from "./auth-method.js";
import type { AuthSettings, LoginSettings } from "./auth-settings.js";
import { chain } from "./chain.js";
import { givenToken } from "./given-token.js";
import type { LoginMethod } from "./login-method.js";
import { appRole } from "./methods/app-role.js";
import { certificate } from "./methods/certificate.js";
import { jsonWebToken } from "./methods/json-web-token.js";
import { userpass } from "./methods/userpass.js";
import { tokenFile } from "./token-file.js";
import { keepAlive } from "./token-lifecycle.js";

/** What auth methods work with. */
export interface AuthDependencies {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Total time of a login, in milliseconds. */
  readonly timeoutMs: number;
  /** A request without the token that is only to be got. */
  readonly request: (
    request: VaultRequest & { readonly credentials: { readonly token: string } | "anonymous" },
  ) => Promise<VaultAnswer>;
}

/** The method of the config. */
export function createAuth(settings: AuthSettings, dependencies: AuthDependencies): AuthMethod {
  switch (settings.method) {
    case "token":
      return givenToken(settings.token, { dependencies, renew: settings.renew });
    case "token-file":
      return tokenFile(settings.file, dependencies);
    case "chain":
      return chain(settings.methods.map((method) => createAuth(method, dependencies)));
    default: {
      const { sinkFile, revokeOnClose } = settings;
      return keepAlive(loginMethod(settings, dependencies), {
        dependencies,
        revokeOnClose,
        onToken:
          sinkFile === undefined
            ? undefined
            : async (token) => {
                const { writeSink } = await import("./sink.js");
                await writeSink(sinkFile, token);
              },
      });
    }
  }
}

function loginMethod(settings: LoginSettings, dependencies: AuthDependencies): LoginMethod {
  switch (settings.method) {
    case "approle":
      return appRole(settings, dependencies);
    case "kubernetes":
    case "jwt":
      return jsonWebToken(settings, dependencies);
    case "userpass":
      return userpass(settings, dependencies);
    case "cert":
      return certificate(settings, dependencies);
    case "aws":
      return loadedLater("aws", async () => {
        const { awsIam } = await import("./methods/aws.js");
        return awsIam(settings, dependencies);
      });
    case "azure":
      return loadedLater("azure", async () => {
        const { azureIdentity } = await import("./methods/azure.js");
        return azureIdentity(settings, dependencies);
      });
    case "gcp":
      return loadedLater("gcp", async () => {
        const { googleIdentity } = await import("./methods/gcp.js");
        return googleIdentity(settings, dependencies);
      });
  }
}

/** A method whose code few need, loaded at its first login. */
function loadedLater(name: string, load: () => Promise<LoginMethod>): LoginMethod {
  let loaded: Promise<LoginMethod> | undefined;
  return {
    name,
    login: async (signal) => (await (loaded ??= load())).login(signal),
    close: () => void loaded?.then((method) => method.close()),
  };
}
