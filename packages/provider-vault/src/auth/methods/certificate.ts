import type { AuthSettings } from "../auth-settings.js";
import type { AuthDependencies } from "../create-auth.js";
import { login } from "../login.js";
import type { LoginMethod } from "../login-method.js";

/** The client certificate of the TLS connection. */
export function certificate(
  settings: Extract<AuthSettings, { readonly method: "cert" }>,
  { request }: AuthDependencies,
): LoginMethod {
  return {
    name: "cert",
    login: (signal) =>
      login(request, {
        path: `${settings.mount}/login`,
        body: settings.role === undefined ? {} : { name: settings.role },
        signal,
        title: "TLS certificate",
        name: "cert",
        advice:
          "Check that the certificate of tls.certFile is valid and fits a role of the method, and that no proxy ends the TLS connection.",
      }),
    close: () => undefined,
  };
}
