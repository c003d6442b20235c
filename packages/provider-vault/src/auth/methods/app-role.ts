import type { AuthSettings } from "../auth-settings.js";
import type { AuthDependencies } from "../create-auth.js";
import { login } from "../login.js";
import type { LoginMethod } from "../login-method.js";
import { readCredential } from "../read-credential.js";
import { checkTokenText } from "../token-text.js";
import { unwrapSecretId } from "./wrapped-secret-id.js";

/** AppRole: a role id, and a secret id that may come wrapped. */
export function appRole(
  settings: Extract<AuthSettings, { readonly method: "approle" }>,
  { request }: AuthDependencies,
): LoginMethod {
  let unwrapped: string | undefined;

  const secretId = async (signal: AbortSignal): Promise<string> => {
    if (unwrapped !== undefined) return unwrapped;
    const given =
      settings.secretId ??
      (await readCredential(settings.secretIdFile ?? "", "auth.secretIdFile", "no-secret-id"));
    if (!settings.wrapped) return given.trim();
    const token = checkTokenText(given, "the wrapped secret id");
    unwrapped = await unwrapSecretId(request, { token, mount: settings.mount, signal });
    return unwrapped;
  };

  return {
    name: "approle",
    async login(signal) {
      return login(request, {
        path: `${settings.mount}/login`,
        body: { role_id: settings.roleId, secret_id: await secretId(signal) },
        signal,
        title: "AppRole",
        name: "approle",
        advice: "Check role id and secret id, and whether the secret id has expired or is used up.",
      });
    },
    close() {
      unwrapped = undefined;
    },
  };
}
