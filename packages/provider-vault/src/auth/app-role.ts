import { isSecretError, type SecretError } from "@kinko/core";
import { isObject } from "../client/answer.js";
import { vaultError } from "../errors/vault-error.js";
import type { AuthSettings } from "../settings.js";
import { SingleFlight } from "../single-flight.js";
import type { AuthMethod } from "./auth-method.js";
import type { AuthDependencies } from "./create-auth.js";
import { checkTokenText } from "./token-text.js";
import { unwrapSecretId } from "./wrapped-secret-id.js";

type AppRoleSettings = Extract<AuthSettings, { readonly method: "approle" }>;

/**
 * AppRole: logs in at the first call, once for all callers, and again once when Vault no longer
 * accepts the token. Renewing it before it ends belongs here too.
 */
export function appRole(settings: AppRoleSettings, dependencies: AuthDependencies): AuthMethod {
  const { request, clock, timeoutMs } = dependencies;
  const flight = new SingleFlight<string>(clock, timeoutMs);
  let current: string | undefined;
  let unwrapped: string | undefined;

  const secretId = async (signal: AbortSignal): Promise<string> => {
    if (unwrapped !== undefined) return unwrapped;
    const given = settings.secretId ?? (await readSecretId(settings.secretIdFile ?? ""));
    if (!settings.wrapped) return given.trim();
    const token = checkTokenText(given, "the wrapped secret id");
    unwrapped = await unwrapSecretId(request, { token, mount: settings.mount, signal });
    return unwrapped;
  };

  const login = async (signal: AbortSignal): Promise<string> => {
    const secret_id = await secretId(signal);
    const { body } = await request({
      method: "POST",
      path: `auth/${settings.mount}/login`,
      body: { role_id: settings.roleId, secret_id },
      signal,
      credentials: "anonymous",
    }).catch((error: unknown) => {
      throw isSecretError(error) ? loginError(error) : error;
    });
    const auth = body["auth"];
    const token = isObject(auth) ? auth["client_token"] : undefined;
    if (typeof token !== "string") {
      throw vaultError("Unauthenticated", "Vault accepted the login and gave no token.", {
        reason: "no-token",
        advice: "Check for multi-factor rules on this AppRole; they are not supported.",
      });
    }
    current = checkTokenText(token, "Vault's answer to the login");
    return current;
  };

  return {
    async token(signal) {
      return current ?? flight.run(signal, login);
    },
    async replace(token, signal) {
      if (current === token) current = undefined;
      current ??= await flight.run(signal, login);
      return true;
    },
    close() {
      current = undefined;
      unwrapped = undefined;
    },
  };
}

async function readSecretId(file: string): Promise<string> {
  const { readFile } = await import("node:fs/promises");
  try {
    return await readFile(file, "utf8");
  } catch {
    throw vaultError("Unauthenticated", "The file of auth.secretIdFile cannot be read.", {
      reason: "no-secret-id",
      advice: "Check that it exists and that this user may read it.",
    });
  }
}

function loginError(error: SecretError): SecretError {
  const { requestId } = error;
  if (error.code === "InvalidValue") {
    return vaultError(
      "Unauthenticated",
      "Vault does not accept the AppRole's role id and secret id.",
      {
        reason: "approle-rejected",
        requestId,
        advice: "Check both, and whether the secret id has expired or is used up.",
      },
    );
  }
  // Without a token, Vault answers 403 to a path that it does not have.
  if (error.code === "Unauthenticated") {
    return vaultError("Unauthenticated", "Vault denies the AppRole login.", {
      reason: "login-denied",
      requestId,
      advice: "Check that AppRole is enabled at auth.mount, and its CIDR rules.",
    });
  }
  return error;
}
