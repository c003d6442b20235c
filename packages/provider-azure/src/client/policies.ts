import type { SecretClientOptions } from "@azure/keyvault-secrets";
import { azureError } from "../errors/azure-error.js";
import { serviceFailure } from "../errors/service-failure.js";
import { takePageRequest } from "./pages.js";

type AdditionalPolicies = NonNullable<SecretClientOptions["additionalPolicies"]>;
type Policy = AdditionalPolicies[number]["policy"];
type Request = Parameters<Policy["sendRequest"]>[0];
type Response = Awaited<ReturnType<Policy["sendRequest"]>>;

/** What the policies need. */
export interface PolicyOptions {
  readonly vault: URL;
  readonly verifyChallengeResource: boolean;
  /** The authority to trust, where the connection is not made by an agent that knows it. */
  readonly ca: string | undefined;
  /** Told when the vault refuses a token, which is then of no more use. */
  readonly onTokenRejected: () => void;
}

/**
 * Two policies around the SDK's authentication: one before it, one next to the wire.
 *
 * The authentication asks for its challenge with a request without a body, and keeps that body in
 * one place for all requests. Parallel first calls can thus go out with no body, or with that of
 * another call. So the body of each request is remembered before, and put back behind.
 */
export function createPolicies(options: PolicyOptions): AdditionalPolicies {
  const bodies = new WeakMap<Request, Request["body"]>();
  const takeTurn = firstAlone();
  return [
    {
      position: "perCall",
      policy: {
        name: "kinkoBeforeAuthentication",
        sendRequest(request, next) {
          const { url, page } = takePageRequest(request.url);
          request.url = url;
          bodies.set(request, request.body);
          if (page === undefined) return takeTurn(() => next(request));
          request.abortSignal = page.signal;
          return takeTurn(async () => {
            const response = await next(request);
            page.onAnswer(response.bodyAsText);
            return response;
          });
        },
      },
    },
    {
      position: "perRetry",
      policy: {
        name: "kinkoBehindAuthentication",
        async sendRequest(request, next) {
          const isAuthorized = request.headers.has("authorization");
          // Without a token it is only the question for the challenge, which needs no secret.
          const body = (isAuthorized ? bodies.get(request) : undefined) ?? null;
          if ((request.body ?? null) !== body) {
            request.body = body;
            request.headers.delete("content-length");
          }
          if (options.ca !== undefined) {
            request.requestOverrides = { ...request.requestOverrides, ca: options.ca };
          }
          const response = await next(request);
          if (response.status === 401) checkChallenge(response, isAuthorized, options);
          else checkAnswer(response);
          return response;
        },
      },
    },
  ];
}

/**
 * Lets the first request finish before any other goes: it brings the challenge and the token that
 * all others then use.
 */
function firstAlone(): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let first: Promise<unknown> | undefined;
  let isOver = false;
  return (work) => {
    if (isOver) return work();
    if (first !== undefined) return first.then(work);
    const own = work();
    const end = (): void => {
      isOver = true;
    };
    first = own.then(end, end);
    return own;
  };
}

function checkChallenge(
  response: Response,
  isAuthorized: boolean,
  { vault, verifyChallengeResource, onTokenRejected }: PolicyOptions,
): void {
  const challenge = response.headers.get("www-authenticate") ?? "";
  if (isAuthorized) {
    onTokenRejected();
    // The SDK answers this one with a token that has the claims that were asked for.
    if (challenge.includes("insufficient_claims")) return;
    throw failureOf(response);
  }
  const resource = /resource="([^"]*)"/u.exec(challenge)?.[1];
  if (resource === undefined) throw notKeyVault();
  if (!verifyChallengeResource) return;
  const host = URL.canParse(resource) ? new URL(resource).hostname : undefined;
  if (host !== undefined && vault.hostname.endsWith(`.${host}`)) return;
  throw azureError("Config", "The vault asks for a token that is meant for another service.", {
    reason: "challenge-mismatch",
    advice:
      "Check vaultUrl; for a local server or an own domain set verifyChallengeResource: false.",
  });
}

function checkAnswer(response: Response): void {
  const { status } = response;
  if (status < 200 || status >= 300) throw failureOf(response);
  if (status === 204) return;
  const contentType = response.headers.get("content-type") ?? "";
  if (!contentType.toLowerCase().startsWith("application/json")) throw notKeyVault();
}

function failureOf(response: Response): Error {
  return serviceFailure({
    status: response.status,
    header: (name) => response.headers.get(name),
    body: response.bodyAsText,
  });
}

function notKeyVault(): Error {
  return azureError("Unavailable", "What answers at the address is not Key Vault.", {
    reason: "not-key-vault",
    advice: "Check vaultUrl and what is in front of the vault there, such as a login page.",
  });
}
