import type { AccessOperation } from "@kinko/core/access";
import { vaultError } from "../../errors/vault-error.js";
import { checkPlace, denials, joinRules, kvRules, type KvPlace } from "./kv-rules.js";
import { layerOf, type PolicyLayer } from "./layer.js";
import { checkName, checkNames } from "./names.js";

/** Parameters of {@link globalDenyLayer}. */
export interface GlobalDenyLayerOptions {
  /** Default `global-deny`. */
  readonly name?: string | undefined;
  /** Further paths below `/v1/`, each denied with all below it; plain names joined by slashes. */
  readonly also?: readonly string[] | undefined;
}

/**
 * Level 1, for every token: nothing below `sys/`, and no tokens that outlive their maker. The second
 * names an exact path and is final; the first gives way to whatever names more of the path, such as
 * the policy `default` or level 4.
 */
export function globalDenyLayer(options: GlobalDenyLayerOptions = {}): PolicyLayer {
  const { name = "global-deny", also = [] } = options;
  const paths = [
    "sys/*",
    "auth/token/create-orphan",
    // Without the slash too, as lists of it are looked for so.
    ...also.flatMap((path) => [checkNames(path, "also"), `${path}/*`]),
  ];
  return layerOf("global-deny", name, denials(paths));
}

/** Parameters of {@link environmentBaseLayer}. */
export interface EnvironmentBaseLayerOptions extends KvPlace {
  readonly environment: string;
  /** Only this folder of the environment, such as `shared`. Default: all of it. */
  readonly folder?: string | undefined;
  /** Default: the environment and `-base`. */
  readonly name?: string | undefined;
}

/** Level 2, for all of an environment: reads and lists. */
export function environmentBaseLayer(options: EnvironmentBaseLayerOptions): PolicyLayer {
  const { environment, folder, name, ...place } = options;
  const own = checkName(environment, "environment");
  const below = folder === undefined ? own : `${own}/${checkNames(folder, "folder")}`;
  const rules = kvRules(checkPlace(place), `${below}/*`, ["get", "list"]);
  return layerOf("environment-base", name ?? `${own}-base`, rules);
}

/** A secret that a service uses. */
export interface ServiceSecret {
  /** Below the service's folder; plain names joined by slashes. */
  readonly path: string;
  /** Default: get. `list` is of a folder, which exact paths are not: it is refused. */
  readonly operations?: readonly AccessOperation[] | undefined;
}

/** Parameters of {@link serviceLayer}. */
export interface ServiceLayerOptions extends KvPlace {
  readonly environment: string;
  /** The service's folder below the environment. */
  readonly service: string;
  readonly secrets: readonly ServiceSecret[];
  /** Default: environment, `-` and service. */
  readonly name?: string | undefined;
}

/** Level 3, for one service: exact paths and nothing else. */
export function serviceLayer(options: ServiceLayerOptions): PolicyLayer {
  const { environment, service, secrets, name, ...given } = options;
  const place = checkPlace(given);
  const own = checkName(environment, "environment");
  const folder = `${own}/${checkName(service, "service")}`;
  if (secrets.length === 0) throw emptyService();
  const rules = secrets.flatMap(({ path, operations = ["get"] }) => {
    if (operations.length === 0) throw emptyService();
    if (operations.includes("list")) throw listedSecret();
    return kvRules(place, `${folder}/${checkNames(path, "path")}`, operations);
  });
  return layerOf("service", name ?? `${own}-${service}`, joinRules(rules));
}

function emptyService(): Error {
  return vaultError("InvalidValue", "A service has no secrets, or a secret no operations.", {
    reason: "empty-layer",
    field: "secrets",
    advice: "Name what the service uses.",
  });
}

function listedSecret(): Error {
  return vaultError("InvalidValue", "Exact paths of a service cannot be listed.", {
    reason: "list-of-secret",
    field: "operations",
    advice: "Let the layer of the environment list, or leave list out.",
  });
}
