import { openBackup, sealBackup, newest, type Bundles } from "./bundles.js";
import { checkName, checkSetParameters, checkUpdateParameters, parseBody } from "./limits.js";
import { page } from "./paging.js";
import {
  KeyVaultFault,
  type KeyVaultAnswer,
  type KeyVaultRequest,
  type SecretPermission,
} from "./protocol.js";
import type { VaultState } from "./state.js";

/** What the routes work on. */
export interface RouteContext {
  readonly state: VaultState;
  readonly bundles: Bundles;
  /** Such as `https://127.0.0.1:8443`. */
  readonly origin: string;
  readonly backupKey: Buffer;
}

/** A request that was understood. */
export interface MatchedRoute {
  readonly permission: SecretPermission;
  /** True for what counts against the lower limit of created secrets. */
  readonly creates: boolean;
  readonly run: () => KeyVaultAnswer;
}

/**
 * Finds the operation of a request: https://learn.microsoft.com/rest/api/keyvault/secrets.
 * Nothing is carried out before `run`.
 * @throws KeyVaultFault 404 or 405
 */
export function matchRoute(request: KeyVaultRequest, context: RouteContext): MatchedRoute {
  // Clients join the address of the vault and the path with one slash more or less.
  const parts = request.path.split("/").filter((part) => part !== "");
  const [collection, first, second] = parts;
  const route = (
    permission: SecretPermission,
    run: () => KeyVaultAnswer,
    creates = false,
  ): MatchedRoute => ({ permission, creates, run });
  const operation = `${request.method} ${shapeOf(parts)}`;
  const name = first ?? "";

  switch (operation) {
    case "GET secrets":
      return route("list", () => listSecrets(request, context));
    case "PUT secrets/*":
      return route("set", () => setSecret(name, request, context), true);
    case "GET secrets/*":
      return route("get", () => getSecret(name, "", context));
    case "GET secrets/*/*":
      return route("get", () => getSecret(name, second ?? "", context));
    case "PATCH secrets/*":
    case "PATCH secrets/*/*":
      return route("set", () => updateSecret(name, second ?? "", request, context));
    case "DELETE secrets/*":
      return route("delete", () =>
        ok(context.bundles.deleted(context.state.delete(checkName(name)))),
      );
    case "GET secrets/*/versions":
      return route("list", () => listVersions(name, request, context));
    case "POST secrets/*/backup":
      return route("backup", () =>
        ok({ value: sealBackup(context.state.backup(checkName(name)), context.backupKey) }),
      );
    case "POST secrets/restore":
      return route("restore", () => restoreSecret(request, context), true);
    case "GET deletedsecrets":
      return route("list", () => listDeleted(request, context));
    case "GET deletedsecrets/*":
      return route("get", () =>
        ok(context.bundles.deleted(context.state.deletedSecret(checkName(name)))),
      );
    case "POST deletedsecrets/*/recover":
      return route("recover", () => recoverSecret(name, context));
    case "DELETE deletedsecrets/*":
      return route("purge", () => {
        context.state.purge(checkName(name));
        return { status: 204 };
      });
    default:
      throw collection === "secrets" || collection === "deletedsecrets"
        ? new KeyVaultFault(405, "MethodNotAllowed", "The method is not allowed there.")
        : new KeyVaultFault(404, "NotFound", "There is no such resource.");
  }
}

const words = new Set(["versions", "backup", "recover"]);

function shapeOf(parts: readonly string[]): string {
  const [collection = "", first, second, ...rest] = parts;
  if (rest.length > 0) return "";
  if (first === undefined) return collection;
  if (second !== undefined) return `${collection}/*/${words.has(second) ? second : "*"}`;
  return collection === "secrets" && first === "restore" ? "secrets/restore" : `${collection}/*`;
}

function ok(body: unknown): KeyVaultAnswer {
  return { status: 200, body };
}

function setSecret(
  name: string,
  request: KeyVaultRequest,
  { state, bundles }: RouteContext,
): KeyVaultAnswer {
  const parameters = checkSetParameters(request.body);
  const version = state.set(checkName(name), parameters);
  return ok(bundles.withValue({ name }, version));
}

function getSecret(name: string, id: string, { state, bundles }: RouteContext): KeyVaultAnswer {
  const { secret, version } = state.read(checkName(name), id);
  return ok(bundles.withValue(secret, version));
}

function updateSecret(
  name: string,
  id: string,
  request: KeyVaultRequest,
  { state, bundles }: RouteContext,
): KeyVaultAnswer {
  const parameters = checkUpdateParameters(request.body);
  const { secret, version } = state.update(checkName(name), id, parameters);
  return ok(bundles.properties(secret, version));
}

function recoverSecret(name: string, { state, bundles }: RouteContext): KeyVaultAnswer {
  const secret = state.recover(checkName(name));
  return ok(bundles.properties(secret, newest(secret)));
}

function restoreSecret(
  request: KeyVaultRequest,
  { state, bundles, backupKey }: RouteContext,
): KeyVaultAnswer {
  const { name, versions } = openBackup(parseBody(request.body)["value"], backupKey);
  const secret = state.restore(name, versions);
  return ok(bundles.properties(secret, newest(secret)));
}

function listSecrets(request: KeyVaultRequest, context: RouteContext): KeyVaultAnswer {
  const { value, nextLink } = page(context.state.active(), {
    keyOf: ({ name }) => name.toLowerCase(),
    query: request.query,
    address: `${context.origin}/secrets`,
  });
  return ok({ value: value.map((secret) => context.bundles.item(secret)), nextLink });
}

function listVersions(
  name: string,
  request: KeyVaultRequest,
  context: RouteContext,
): KeyVaultAnswer {
  const { value, nextLink } = page(context.state.versions(checkName(name)), {
    keyOf: ({ id }) => id,
    query: request.query,
    address: `${context.origin}/secrets/${name}/versions`,
  });
  return ok({
    value: value.map((version) => context.bundles.properties({ name }, version)),
    nextLink,
  });
}

function listDeleted(request: KeyVaultRequest, context: RouteContext): KeyVaultAnswer {
  const { value, nextLink } = page(context.state.deleted(), {
    keyOf: ({ name }) => name.toLowerCase(),
    query: request.query,
    address: `${context.origin}/deletedsecrets`,
  });
  return ok({ value: value.map((secret) => context.bundles.deletedItem(secret)), nextLink });
}
