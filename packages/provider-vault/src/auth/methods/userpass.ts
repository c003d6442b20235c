import type { AuthSettings } from "../auth-settings.js";
import type { AuthDependencies } from "../create-auth.js";
import { login } from "../login.js";
import type { LoginMethod } from "../login-method.js";
import { readCredential } from "../read-credential.js";

/** User name and password: userpass, and with another mount LDAP and RADIUS, which log in alike. */
export function userpass(
  settings: Extract<AuthSettings, { readonly method: "userpass" }>,
  { request }: AuthDependencies,
): LoginMethod {
  return {
    name: "userpass",
    async login(signal) {
      const password =
        settings.password ??
        (await readCredential(settings.passwordFile ?? "", "auth.passwordFile"));
      return login(request, {
        path: `${settings.mount}/login/${encodeURIComponent(settings.username)}`,
        body: { password },
        signal,
        title: "user name and password",
        name: "userpass",
        advice: "Check auth.username and the password.",
      });
    },
    close: () => undefined,
  };
}
