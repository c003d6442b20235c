import type { Clock, Logger } from "@kinko/core";
import type { AuthSettings } from "../settings.js";
import type { VaultAnswer } from "../client/answer.js";
import type { VaultRequest } from "../client/vault-client.js";
import { appRole } from "./app-role.js";
import type { AuthMethod } from "./auth-method.js";
import { staticToken } from "./static-token.js";
import { tokenFile } from "./token-file.js";

/** What auth methods work with. */
export interface AuthDependencies {
  readonly clock: Clock;
  readonly logger: Logger;
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
      return staticToken(settings.token);
    case "token-file":
      return tokenFile(settings.file, dependencies);
    case "approle":
      return appRole(settings, dependencies);
  }
}
