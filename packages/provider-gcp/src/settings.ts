import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { ProviderContext } from "@kinko/core";
import { gcpError } from "./errors/gcp-error.js";
import { encodedNames, rawNames, type NameCodec } from "./names.js";
import type { GcpCredentialOptions, GcpOptions } from "./options.js";

/** Options with their defaults, checked, and paths made absolute. */
export interface GcpSettings {
  /** `projects/P` or `projects/P/locations/L`. */
  readonly parent: string;
  readonly names: NameCodec;
  readonly transport: "grpc" | "rest";
  readonly credential: GcpCredentialOptions;
  readonly tags: boolean;
  /** Undefined for regional secrets, which have none. */
  readonly replication: object | undefined;
  readonly versionDestroyTtlSeconds: number | undefined;
  readonly host: string;
  readonly port: number;
  readonly insecure: boolean;
  readonly caFile: string | undefined;
  readonly ca: string | undefined;
  /** For REST, with its credentials; gRPC looks at the environment by itself. */
  readonly proxy: URL | undefined;
}

const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/u;

/**
 * Makes settings of options.
 * @throws ConfigError, which never quotes an option: an address may hold credentials
 */
export function resolveSettings(options: GcpOptions, context: ProviderContext): GcpSettings {
  const { transport = "grpc", insecure = false, location, replicaLocations } = options;
  const { caFile, ca } = options.tls ?? {};
  if (ca !== undefined && caFile !== undefined) {
    throw config("ambiguous-ca", "Both tls.ca and tls.caFile are set.", "Leave one of them out.");
  }
  if (options.proxy !== undefined && transport === "grpc") {
    throw config(
      "proxy-needs-rest",
      "The option proxy works with transport: rest only.",
      "Set transport: rest, or name the proxy in HTTPS_PROXY, which gRPC looks at.",
    );
  }
  if (location !== undefined && replicaLocations !== undefined) {
    throw config(
      "regional-replication",
      "Regional secrets are kept in their location alone.",
      "Leave out either location or replicaLocations.",
    );
  }
  const parent = parseParent(options, context);
  const host = parseHost(options.apiEndpoint ?? defaultHost(location));
  if (insecure && !loopback.test(host)) {
    throw config(
      "insecure-host",
      "The option insecure is for this machine only.",
      "Leave it out, or set apiEndpoint to 127.0.0.1.",
    );
  }
  return {
    parent,
    names: options.naming === "raw" ? rawNames : encodedNames,
    transport,
    credential: resolveCredential(options.credential ?? { method: "default" }, context),
    tags: options.tags ?? false,
    replication: replicationOf(location, replicaLocations),
    versionDestroyTtlSeconds: options.versionDestroyTtlSeconds,
    host,
    port: options.port ?? 443,
    insecure,
    caFile: caFile === undefined ? undefined : absolutePath(caFile, context),
    ca,
    proxy:
      options.proxy === undefined ? environmentProxy(host, context.env) : parseProxy(options.proxy),
  };
}

function parseParent(options: GcpOptions, { env }: ProviderContext): string {
  const project =
    options.project ?? nonEmpty(env["GOOGLE_CLOUD_PROJECT"]) ?? nonEmpty(env["GCLOUD_PROJECT"]);
  if (project === undefined) {
    throw config(
      "no-project",
      "The Google Cloud project is not set.",
      "Set the option project, or GOOGLE_CLOUD_PROJECT.",
    );
  }
  // Some old projects belong to a domain, as in example.com:my-project.
  if (!/^(?:(?:[a-z0-9.-]+:)?[a-z][a-z0-9-]{0,61}[a-z0-9]|\d{1,20})$/u.test(project)) {
    throw config(
      "bad-project",
      "The option project is neither the id nor the number of a project.",
      "Write it as my-project; its display name is something else.",
    );
  }
  const { location } = options;
  if (location === undefined) return `projects/${project}`;
  if (/^[a-z][a-z0-9-]{0,61}[a-z0-9]$/u.test(location)) {
    return `projects/${project}/locations/${location}`;
  }
  throw config(
    "bad-location",
    "The option location is not a region of Google Cloud.",
    "Write it as europe-west1.",
  );
}

function defaultHost(location: string | undefined): string {
  return location === undefined
    ? "secretmanager.googleapis.com"
    : `secretmanager.${location}.rep.googleapis.com`;
}

function parseHost(host: string): string {
  if (/^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/u.test(host)) return host;
  throw config(
    "bad-endpoint",
    "The option apiEndpoint is not a host.",
    "Write it as secretmanager.googleapis.com, without https:// and port; there is an option port.",
  );
}

function replicationOf(
  location: string | undefined,
  replicaLocations: readonly string[] | undefined,
): object | undefined {
  if (location !== undefined) return undefined;
  if (replicaLocations === undefined) return { automatic: {} };
  return { userManaged: { replicas: replicaLocations.map((name) => ({ location: name })) } };
}

function resolveCredential(
  credential: GcpCredentialOptions,
  context: ProviderContext,
): GcpCredentialOptions {
  switch (credential.method) {
    case "key-file":
      return { ...credential, file: absolutePath(credential.file, context) };
    case "access-token": {
      const { token, tokenFile } = credential;
      if ((token === undefined) === (tokenFile === undefined)) {
        throw config(
          "bad-credential",
          "This credential needs exactly one of credential.token and credential.tokenFile.",
          "Set one of them.",
        );
      }
      return tokenFile === undefined
        ? credential
        : { ...credential, tokenFile: absolutePath(tokenFile, context) };
    }
    case "default":
    case "impersonate":
      return credential;
  }
}

function parseProxy(options: NonNullable<GcpOptions["proxy"]>): URL {
  const url = URL.canParse(options.url) ? new URL(options.url) : undefined;
  if (url === undefined || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw config(
      "bad-proxy-url",
      "The option proxy.url is not an http or https URL.",
      "Write it as http://proxy.example.com:3128.",
    );
  }
  if (url.username !== "" || url.password !== "") {
    throw config(
      "credentials-in-url",
      "The option proxy.url has credentials in it.",
      "Remove them; proxy.username and proxy.password are for them.",
    );
  }
  url.username = options.username ?? "";
  url.password = options.password ?? "";
  return url;
}

/** The proxy of the environment, by the usual variables. */
function environmentProxy(host: string, env: ProviderContext["env"]): URL | undefined {
  const first = (...names: readonly string[]): string =>
    names.map((name) => nonEmpty(env[name])).find((value) => value !== undefined) ?? "";
  const isExempt = first("NO_PROXY", "no_proxy")
    .split(",")
    .map((name) => name.trim().replace(/^\*?\./u, ""))
    .some((name) => name === "*" || name === host || (name !== "" && host.endsWith(`.${name}`)));
  const address = first("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy");
  return !isExempt && URL.canParse(address) ? new URL(address) : undefined;
}

function absolutePath(file: string, context: ProviderContext): string {
  if (file.startsWith("~/")) {
    return join(nonEmpty(context.env["HOME"]) ?? homedir(), file.slice(1));
  }
  return resolve(context.directory, file);
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}

function config(reason: string, what: string, advice: string): Error {
  return gcpError("Config", what, { reason, advice });
}
