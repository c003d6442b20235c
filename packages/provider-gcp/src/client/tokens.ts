import { readFile } from "node:fs/promises";
import type { AuthClient } from "google-auth-library";
import { credentialError } from "../errors/credential-error.js";
import { gcpError } from "../errors/gcp-error.js";
import type { GcpCredentialOptions } from "../options.js";

/** What Secret Manager asks for; which secrets it is good for, IAM decides. */
const scope = "https://www.googleapis.com/auth/cloud-platform";

/** Headers that authenticate a request, by their names in lower case. */
export type AuthHeaders = Readonly<Record<string, string>>;

/**
 * Where tokens come from. The driver asks here, and not the SDK: a credential that is missing then
 * fails the call that needs it, and nothing in the background that ends the process.
 */
export class TokenSource {
  readonly #credential: GcpCredentialOptions;
  #client: Promise<AuthClient> | undefined;

  constructor(credential: GcpCredentialOptions) {
    this.#credential = credential;
  }

  /** @throws SecretError, mostly Unauthenticated */
  async headers(): Promise<AuthHeaders> {
    try {
      if (this.#credential.method === "access-token") {
        return { authorization: `Bearer ${await this.#accessToken(this.#credential)}` };
      }
      const client = await this.#authClient(this.#credential);
      // Google's library keeps tokens, and renews them before they expire.
      return pick(await client.getRequestHeaders());
    } catch (error) {
      throw credentialError(error);
    }
  }

  /** Gives up tokens that are kept: Google has refused one, which may have been revoked. */
  forget(): void {
    this.#client = undefined;
  }

  async #accessToken(credential: {
    token?: string | undefined;
    tokenFile?: string | undefined;
  }): Promise<string> {
    const text = credential.token ?? (await readFile(credential.tokenFile ?? "", "utf8"));
    const token = text.trim();
    // Anything else would end the header, or be quoted by the error that refuses it.
    if (/^[\u0021-\u007e]+$/u.test(token)) return token;
    throw gcpError("Unauthenticated", "The access token is empty, or no token at all.", {
      reason: "credential-malformed",
      advice: "Check credential.token or the file that credential.tokenFile names.",
    });
  }

  #authClient(credential: GcpCredentialOptions): Promise<AuthClient> {
    if (this.#client === undefined) {
      const creating = createAuthClient(credential);
      this.#client = creating;
      // What is missing now, such as a file, may be there the next time.
      creating.catch(() => {
        if (this.#client === creating) this.#client = undefined;
      });
    }
    return this.#client;
  }
}

async function createAuthClient(credential: GcpCredentialOptions): Promise<AuthClient> {
  const { GoogleAuth, Impersonated } = await import("google-auth-library");
  const auth = new GoogleAuth({
    scopes: [scope],
    ...(credential.method === "key-file" ? { keyFilename: credential.file } : {}),
  });
  const client = await auth.getClient();
  if (credential.method !== "impersonate") return client;
  return new Impersonated({
    sourceClient: client,
    targetPrincipal: credential.serviceAccount,
    targetScopes: [scope],
  });
}

function pick(headers: Headers): AuthHeaders {
  const authorization = headers.get("authorization");
  const quotaProject = headers.get("x-goog-user-project");
  if (authorization === null) throw new Error("The auth library gave no token.");
  return {
    authorization,
    ...(quotaProject === null ? {} : { "x-goog-user-project": quotaProject }),
  };
}
