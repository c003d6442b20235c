import type { PolicyDocument } from "../model.js";
import { checkPlace, kvRules, type KvPlace } from "./kv-rules.js";
import { checkName, checkNames } from "./names.js";

/** Parameters of {@link developerPolicy}. */
export interface DeveloperPolicyOptions extends KvPlace {
  /** Default `dev`. */
  readonly environment?: string | undefined;
}

/**
 * A developer: reads and lists the secrets of one environment, by default all below `dev/`. Names are
 * listed where KV version 2 keeps them, below `metadata/`; `list` on `data/` would do nothing.
 *
 * @throws InvalidValueError for a name that is not plain, before anything is made
 * @example
 * printPolicy(developerPolicy()); // read on secret/data/dev/*, list on secret/metadata/dev/*
 */
export function developerPolicy(options: DeveloperPolicyOptions = {}): PolicyDocument {
  const { environment = "dev", ...place } = options;
  const folder = checkName(environment, "environment");
  return { rules: kvRules(checkPlace(place), `${folder}/*`, ["get", "list"]) };
}

/**
 * A devops engineer: reads and lists all secrets of a mount, and writes none.
 * @throws InvalidValueError for a mount that is not plain names
 */
export function devopsPolicy(options: KvPlace = {}): PolicyDocument {
  return { rules: kvRules(checkPlace(options), "*", ["get", "list"]) };
}

/** Parameters of {@link applicationPolicy}. */
export interface ApplicationPolicyOptions extends KvPlace {
  /** Default `prod`. */
  readonly environment?: string | undefined;
  /** The application's folder below the environment; may have slashes. */
  readonly application: string;
}

/**
 * An application in production: reads the secrets of its own folder; no writing, no listing.
 *
 * @throws InvalidValueError for a name that is not plain, before anything is made
 * @example
 * applicationPolicy({ application: "app" }); // read on secret/data/prod/app/*
 */
export function applicationPolicy(options: ApplicationPolicyOptions): PolicyDocument {
  const { environment = "prod", application, ...place } = options;
  const folder = `${checkName(environment, "environment")}/${checkNames(application, "application")}`;
  return { rules: kvRules(checkPlace(place), `${folder}/*`, ["get"]) };
}
