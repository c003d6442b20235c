import type { Message } from "./model.js";
import type { MethodName } from "./service.js";

/** A request over REST, and how its parts make the request of a method. */
export interface MatchedRoute {
  readonly method: MethodName;
  toRequest(query: URLSearchParams, body: Message): Message;
}

const parent = String.raw`projects/[^/]+(?:/locations/[^/]+)?`;
const secret = String.raw`${parent}/secrets/[^/:]+`;
const version = String.raw`${secret}/versions/[^/:]+`;

interface Route {
  readonly verb: string;
  readonly pattern: RegExp;
  readonly method: MethodName;
  readonly toRequest: (name: string, query: URLSearchParams, body: Message) => Message;
}

const named = (name: string): Message => ({ name });
const list = (name: string, query: URLSearchParams): Message => ({
  parent: name,
  ...fromQuery(query, ["pageSize", "pageToken", "filter"]),
});

/** The HTTP annotations of Secret Manager's proto. */
const routes: readonly Route[] = [
  route("GET", `(${parent})/secrets`, "listSecrets", list),
  route("POST", `(${parent})/secrets`, "createSecret", (name, query, body) => ({
    parent: name,
    ...fromQuery(query, ["secretId"]),
    secret: body,
  })),
  route("POST", `(${secret}):addVersion`, "addSecretVersion", (name, _query, body) => ({
    ...body,
    parent: name,
    payload: withCamelChecksum(body["payload"]),
  })),
  route("GET", `(${secret})`, "getSecret", named),
  route("PATCH", `(${secret})`, "updateSecret", (name, query, body) => ({
    ...fromQuery(query, ["updateMask"]),
    secret: { ...body, name },
  })),
  route("DELETE", `(${secret})`, "deleteSecret", (name, query) => ({
    name,
    ...fromQuery(query, ["etag"]),
  })),
  route("GET", `(${secret})/versions`, "listSecretVersions", list),
  route("GET", `(${version})`, "getSecretVersion", named),
  route("GET", `(${version}):access`, "accessSecretVersion", named),
  ...(["disable", "enable", "destroy"] as const).map((verb) =>
    route("POST", `(${version}):${verb}`, `${verb}SecretVersion`, (name, _query, body) => ({
      ...body,
      name,
    })),
  ),
  route("POST", `(${secret}):setIamPolicy`, "setIamPolicy", onResource),
  route("GET", `(${secret}):getIamPolicy`, "getIamPolicy", onResource),
  route("POST", `(${secret}):testIamPermissions`, "testIamPermissions", onResource),
];

/** The route of a request; undefined when there is none. */
export function matchRoute(verb: string, pathname: string): MatchedRoute | undefined {
  for (const candidate of routes) {
    const match = candidate.verb === verb ? candidate.pattern.exec(pathname) : null;
    if (match === null) continue;
    const name = decodeURIComponent(match[1] ?? "");
    return {
      method: candidate.method,
      toRequest: (query, body) => candidate.toRequest(name, query, body),
    };
  }
  return undefined;
}

function route(
  verb: string,
  pattern: string,
  method: MethodName,
  toRequest: Route["toRequest"],
): Route {
  return { verb, pattern: new RegExp(`^/v1/${pattern}$`, "u"), method, toRequest };
}

function onResource(name: string, _query: URLSearchParams, body: Message): Message {
  return { ...body, resource: name };
}

/** Parameters by their names in either spelling that Google's services take. */
function fromQuery(query: URLSearchParams, names: readonly string[]): Message {
  const found: Record<string, unknown> = {};
  for (const name of names) {
    const snake = name.replaceAll(/[A-Z]/gu, (letter) => `_${letter.toLowerCase()}`);
    const value = query.get(name) ?? query.get(snake);
    if (value !== null) found[name] = value;
  }
  return found;
}

function withCamelChecksum(payload: unknown): unknown {
  if (typeof payload !== "object" || payload === null) return payload;
  const { data_crc32c: checksum, ...rest } = payload as Record<string, unknown>;
  return checksum === undefined ? rest : { ...rest, dataCrc32c: checksum };
}
