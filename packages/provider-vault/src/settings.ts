import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { segmentProblem, type ProviderContext, type SecretPath } from "@kinko/core";
import { resolveAuth, type AuthSettings } from "./auth/auth-settings.js";
import { vaultError } from "./errors/vault-error.js";
import type { VaultOptions } from "./options.js";
import type { TlsFiles } from "./transport/tls.js";

/** Options with their defaults from the environment, checked, and paths made absolute. */
export interface VaultSettings {
  /** Scheme, host, port, and the path prefix of a reverse proxy where there is one. */
  readonly base: URL;
  /** Encoded path of the mount, without slashes at its ends. */
  readonly mount: string;
  readonly kvVersion: 1 | 2 | "auto";
  /** Encoded path of the transit engine, without slashes at its ends. */
  readonly transitMount: string;
  readonly namespace: string | undefined;
  /** Folder that all secrets lie beneath; empty for none. */
  readonly pathPrefix: SecretPath;
  readonly auth: AuthSettings;
  readonly tls: TlsFiles;
}

/**
 * Makes settings of options.
 * @throws ConfigError, which never quotes an option: an address may hold credentials
 */
export function resolveSettings(options: VaultOptions, context: ProviderContext): VaultSettings {
  const { env } = context;
  const absolute = (file: string | undefined): string | undefined =>
    file === undefined ? undefined : absolutePath(file, context);
  const tls = options.tls ?? {};
  const caFile = tls.caFile ?? (tls.ca === undefined ? nonEmpty(env["VAULT_CACERT"]) : undefined);
  if (tls.ca !== undefined && tls.caFile !== undefined) {
    throw config("ambiguous-ca", "Both tls.ca and tls.caFile are set.", "Leave one of them out.");
  }
  const certFile = tls.certFile ?? nonEmpty(env["VAULT_CLIENT_CERT"]);
  const keyFile = tls.keyFile ?? nonEmpty(env["VAULT_CLIENT_KEY"]);
  if ((certFile === undefined) !== (keyFile === undefined)) {
    throw config(
      "incomplete-client-certificate",
      "A client certificate needs both tls.certFile and tls.keyFile.",
      "Set the one that is missing.",
    );
  }
  return {
    base: parseAddress(options.address ?? nonEmpty(env["VAULT_ADDR"])),
    mount: parseMount(options.mount ?? "secret", "mount"),
    kvVersion: options.kvVersion ?? 2,
    transitMount: parseMount(options.transit?.mount ?? "transit", "transit.mount"),
    ...resolveNamespace(
      options,
      parseNamespace(options.namespace ?? nonEmpty(env["VAULT_NAMESPACE"])),
    ),
    auth: resolveAuth(options.auth, {
      env,
      hasClientCertificate: certFile !== undefined,
      absolute: (file) => absolutePath(file, context),
      parseMount,
      refuse: config,
    }),
    tls: {
      caFile: absolute(caFile),
      ca: tls.ca,
      certFile: absolute(certFile),
      keyFile: absolute(keyFile),
      serverName: tls.serverName ?? nonEmpty(env["VAULT_TLS_SERVER_NAME"]),
    },
  };
}

function parseAddress(address: string | undefined): URL {
  if (address === undefined) {
    throw config(
      "no-address",
      "The address of Vault is not set.",
      "Set the option address, or VAULT_ADDR.",
    );
  }
  if (!URL.canParse(address)) {
    throw config(
      "bad-address",
      "The address of Vault is not a URL.",
      "Write it as https://vault.example.com:8200.",
    );
  }
  const url = new URL(address);
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw config(
      "bad-address",
      "The address of Vault is neither https nor http.",
      "Begin it with https://.",
    );
  }
  if (url.username !== "" || url.password !== "") {
    throw config(
      "credentials-in-address",
      "The address of Vault has credentials in it.",
      "Remove them; Vault takes tokens, see the option auth.",
    );
  }
  if (url.search !== "" || url.hash !== "") {
    throw config(
      "bad-address",
      "The address of Vault has a query or fragment.",
      "Leave out what follows ? or #.",
    );
  }
  return url;
}

/** Encoded path of a mount, without slashes at its ends. @throws ConfigError */
export function parseMount(mount: string, option: string): string {
  const segments = mount.replace(/^\/+|\/+$/gu, "").split("/");
  if (segments.some((segment) => segmentProblem(segment) !== undefined)) {
    throw config(
      "bad-mount",
      `The option ${option} is not a path.`,
      "Write it as secret or team/kv.",
    );
  }
  return segments.map(encodeURIComponent).join("/");
}

function parseNamespace(namespace: string | undefined): string | undefined {
  if (namespace === undefined) return undefined;
  // It travels in a header, where a line break would begin another one.
  if (/^[\u0021-\u007e]+$/u.test(namespace)) return namespace;
  throw config(
    "bad-namespace",
    "The namespace has a character that it cannot have.",
    "Write it as team/project.",
  );
}

/** The same word of a config for a header of Enterprise, or a folder of open source. */
function resolveNamespace(
  { namespaceMode = "header" }: VaultOptions,
  namespace: string | undefined,
): Pick<VaultSettings, "namespace" | "pathPrefix"> {
  if (namespaceMode === "header") return { namespace, pathPrefix: [] };
  const segments = (namespace ?? "").replace(/^\/+|\/+$/gu, "").split("/");
  if (segments.every((segment) => segmentProblem(segment) === undefined)) {
    return { namespace: undefined, pathPrefix: segments };
  }
  throw config(
    "bad-namespace",
    "With namespaceMode path-prefix, the namespace must be the path of a folder.",
    "Set the option namespace to a path such as production, or team/project.",
  );
}

function absolutePath(file: string, context: ProviderContext): string {
  if (file === "~" || file.startsWith("~/")) {
    return join(nonEmpty(context.env["HOME"]) ?? homedir(), file.slice(1));
  }
  return resolve(context.directory, file);
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}

function config(reason: string, what: string, advice: string): Error {
  return vaultError("Config", what, { reason, advice });
}
