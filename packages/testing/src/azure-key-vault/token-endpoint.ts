import type { KeyVaultAnswer, KeyVaultRequest } from "./protocol.js";

/** An application that may ask for tokens. */
export interface ClientRegistration {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** What the token endpoint needs to know. */
export interface TokenEndpoint {
  readonly origin: string;
  readonly tenantId: string;
  readonly clients: readonly ClientRegistration[];
  readonly issue: () => { readonly token: string; readonly expiresInSeconds: number };
}

/**
 * The part of Microsoft Entra that the client credentials flow uses: discovery and token endpoint.
 * Undefined for every other path.
 *
 * https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
 */
export function answerTokenEndpoint(
  request: KeyVaultRequest,
  endpoint: TokenEndpoint,
): KeyVaultAnswer | undefined {
  const { origin, tenantId } = endpoint;
  if (request.path === `/${tenantId}/v2.0/.well-known/openid-configuration`) {
    return {
      status: 200,
      body: {
        token_endpoint: `${origin}/${tenantId}/oauth2/v2.0/token`,
        authorization_endpoint: `${origin}/${tenantId}/oauth2/v2.0/authorize`,
        end_session_endpoint: `${origin}/${tenantId}/oauth2/v2.0/logout`,
        jwks_uri: `${origin}/${tenantId}/discovery/v2.0/keys`,
        issuer: `${origin}/${tenantId}/v2.0`,
      },
    };
  }
  if (request.path !== `/${tenantId}/oauth2/v2.0/token` || request.method !== "POST") {
    return undefined;
  }
  const form = new URLSearchParams(request.body);
  const client = endpoint.clients.find(({ clientId }) => clientId === form.get("client_id"));
  if (form.get("grant_type") !== "client_credentials") {
    return refusal(400, "unsupported_grant_type", "AADSTS70003: The grant type is not supported.");
  }
  if (client === undefined) {
    return refusal(
      400,
      "unauthorized_client",
      "AADSTS700016: Application was not found in the directory.",
    );
  }
  if (client.clientSecret !== form.get("client_secret")) {
    return refusal(401, "invalid_client", "AADSTS7000215: Invalid client secret provided.");
  }
  const { token, expiresInSeconds } = endpoint.issue();
  return {
    status: 200,
    body: {
      token_type: "Bearer",
      expires_in: expiresInSeconds,
      ext_expires_in: expiresInSeconds,
      access_token: token,
    },
  };
}

function refusal(status: number, error: string, description: string): KeyVaultAnswer {
  return {
    status,
    body: {
      error,
      error_description: description,
      error_codes: [Number(/\d+/u.exec(description)?.[0])],
    },
  };
}
