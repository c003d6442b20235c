import type { AuthSettings } from "../auth-settings.js";
import type { AuthDependencies } from "../create-auth.js";
import { login } from "../login.js";
import type { LoginMethod } from "../login-method.js";
import { readCredential } from "../read-credential.js";

/**
 * Logs in with a JSON Web Token that somebody else issued: of a Kubernetes service account, or of an
 * OIDC provider. A file is read at each login, as its token is replaced before it ends.
 */
export function jsonWebToken(
  settings: Extract<AuthSettings, { readonly method: "kubernetes" | "jwt" }>,
  { request }: AuthDependencies,
): LoginMethod {
  const { method, role, mount } = settings;
  return {
    name: method,
    async login(signal) {
      const jwt =
        settings.jwt ??
        (await readCredential(
          settings.jwtFile ?? "",
          method === "kubernetes" ? "auth.tokenFile" : "auth.jwtFile",
        ));
      return login(request, {
        path: `${mount}/login`,
        body: { ...(role === undefined ? {} : { role }), jwt: jwt.trim() },
        signal,
        title: method === "kubernetes" ? "Kubernetes" : "JWT",
        name: method,
        advice:
          method === "kubernetes"
            ? "Check auth.role, the names and namespaces that it is bound to, and that Vault can ask the cluster."
            : "Check auth.role, its bound claims and audience, and whether the token has expired.",
      });
    },
    close: () => undefined,
  };
}
