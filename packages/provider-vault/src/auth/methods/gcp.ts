import { createPrivateKey, sign } from "node:crypto";
import type { Clock } from "@kinko/core";
import { vaultError } from "../../errors/vault-error.js";
import type { AuthSettings } from "../auth-settings.js";
import type { AuthDependencies } from "../create-auth.js";
import { login } from "../login.js";
import type { LoginMethod } from "../login-method.js";
import { askMetadataService } from "../metadata-service.js";
import { readCredential } from "../read-credential.js";

/**
 * Lifetime of a token that is signed here, in seconds. Vault refuses more than the role's
 * `max_jwt_exp`, 15 minutes by default; less leaves room for clocks that differ.
 * Source: Vault's documentation of the GCP auth method.
 */
const signedLifeSeconds = 600;

/**
 * Google Cloud: the identity token of the machine that this runs on (roles of type `gce`), or a
 * token signed with a service account's key (roles of type `iam`).
 */
export function googleIdentity(
  settings: Extract<AuthSettings, { readonly method: "gcp" }>,
  { request, clock }: AuthDependencies,
): LoginMethod {
  const { role, mount, credentialsFile } = settings;
  const audience = `vault/${role}`;
  const base = settings.metadataAddress ?? "http://metadata.google.internal";
  const ofMachine = (signal: AbortSignal): Promise<string> =>
    askMetadataService({
      url: `${base}/computeMetadata/v1/instance/service-accounts/default/identity?${new URLSearchParams({ audience, format: "full" }).toString()}`,
      headers: { "Metadata-Flavor": "Google" },
      signal,
      cloud: "Google Cloud",
    });
  return {
    name: "gcp",
    async login(signal) {
      const jwt =
        credentialsFile === undefined
          ? await ofMachine(signal)
          : signedToken(await readCredential(credentialsFile, "auth.credentialsFile"), {
              audience,
              clock,
            });
      return login(request, {
        path: `${mount}/login`,
        body: { role, jwt: jwt.trim() },
        signal,
        title: "Google Cloud",
        name: "gcp",
        advice: "Check auth.role, its type (gce or iam), and what it is bound to.",
      });
    },
    close: () => undefined,
  };
}

function signedToken(
  keyFile: string,
  { audience, clock }: { readonly audience: string; readonly clock: Clock },
): string {
  try {
    const key = JSON.parse(keyFile) as Readonly<Record<string, unknown>>;
    const { client_email, private_key, private_key_id } = key;
    if (typeof client_email !== "string" || typeof private_key !== "string") throw new Error();
    const header = { alg: "RS256", typ: "JWT", kid: private_key_id };
    const exp = Math.floor(clock.now() / 1_000) + signedLifeSeconds;
    const claims = { sub: client_email, aud: audience, exp };
    const content = [header, claims].map((part) => base64Url(JSON.stringify(part))).join(".");
    const signature = sign("RSA-SHA256", Buffer.from(content), createPrivateKey(private_key));
    return `${content}.${signature.toString("base64url")}`;
  } catch {
    // JSON.parse and OpenSSL quote what they read.
    throw vaultError(
      "Unauthenticated",
      "The file of auth.credentialsFile is no service account key.",
      {
        reason: "malformed-credentials",
        advice: "Use the JSON file that Google makes for a key of a service account.",
      },
    );
  }
}

function base64Url(text: string): string {
  return Buffer.from(text, "utf8").toString("base64url");
}
