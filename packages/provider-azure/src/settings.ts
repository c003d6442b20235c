import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { ProviderContext } from "@kinko/core";
import { azureError } from "./errors/azure-error.js";
import { encodedNames, rawNames, type NameCodec } from "./names.js";
import type { AzureCredentialOptions, AzureOptions } from "./options.js";

/** Options with their defaults, checked, and paths made absolute. */
export interface AzureSettings {
  readonly vault: URL;
  readonly names: NameCodec;
  readonly onDeleted: "recover" | "fail";
  readonly carryTags: boolean;
  readonly credential: AzureCredentialOptions;
  readonly verifyChallengeResource: boolean;
  readonly apiVersion: AzureOptions["apiVersion"];
  readonly caFile: string | undefined;
  readonly ca: string | undefined;
  readonly proxy: ProxySettings | undefined;
}

/** An own proxy; the SDK finds the one of the environment by itself. */
export interface ProxySettings {
  /** Scheme and name, as the SDK wants them. */
  readonly host: string;
  readonly port: number;
  readonly username?: string;
  readonly password?: string;
}

/**
 * Makes settings of options.
 * @throws ConfigError, which never quotes an option: an address may hold credentials
 */
export function resolveSettings(options: AzureOptions, context: ProviderContext): AzureSettings {
  const { caFile, ca } = options.tls ?? {};
  if (ca !== undefined && caFile !== undefined) {
    throw config("ambiguous-ca", "Both tls.ca and tls.caFile are set.", "Leave one of them out.");
  }
  return {
    vault: parseVaultUrl(options.vaultUrl ?? nonEmpty(context.env["AZURE_KEYVAULT_URL"])),
    names: options.naming === "raw" ? rawNames : encodedNames,
    onDeleted: options.onDeleted ?? "recover",
    carryTags: options.carryTags ?? true,
    credential: resolveCredential(options.credential ?? { method: "default" }, context),
    verifyChallengeResource: options.verifyChallengeResource ?? true,
    apiVersion: options.apiVersion,
    caFile: caFile === undefined ? undefined : absolutePath(caFile, context),
    ca,
    proxy: options.proxy === undefined ? undefined : parseProxy(options.proxy),
  };
}

function parseVaultUrl(text: string | undefined): URL {
  if (text === undefined) {
    throw config(
      "no-vault-url",
      "The address of the vault is not set.",
      "Set the option vaultUrl, such as https://my-vault.vault.azure.net, or AZURE_KEYVAULT_URL.",
    );
  }
  const url = parseUrl(text, "vaultUrl", "https://my-vault.vault.azure.net");
  if (url.protocol !== "https:") {
    throw config(
      "bad-vault-url",
      "The address of the vault is not https.",
      "Begin it with https://.",
    );
  }
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "") {
    throw config(
      "bad-vault-url",
      "The address of the vault has more than a host.",
      "Write it as https://my-vault.vault.azure.net, without a path.",
    );
  }
  return url;
}

function parseProxy(options: NonNullable<AzureOptions["proxy"]>): ProxySettings {
  const url = parseUrl(options.url, "proxy.url", "http://proxy.example.com:3128");
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw config(
      "bad-proxy-url",
      "The address of the proxy is neither http nor https.",
      "Begin it with http://.",
    );
  }
  const standardPort = url.protocol === "https:" ? 443 : 80;
  return {
    host: `${url.protocol}//${url.hostname}`,
    port: url.port === "" ? standardPort : Number(url.port),
    ...(options.username === undefined ? {} : { username: options.username }),
    ...(options.password === undefined ? {} : { password: options.password }),
  };
}

function parseUrl(text: string, option: string, example: string): URL {
  if (!URL.canParse(text)) {
    throw config("bad-url", `The option ${option} is not a URL.`, `Write it as ${example}.`);
  }
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") {
    throw config(
      "credentials-in-url",
      `The option ${option} has credentials in it.`,
      "Remove them; there are options of their own for credentials.",
    );
  }
  return url;
}

function resolveCredential(
  credential: AzureCredentialOptions,
  context: ProviderContext,
): AzureCredentialOptions {
  if ("authorityHost" in credential && credential.authorityHost !== undefined) {
    const authority = parseUrl(
      credential.authorityHost,
      "credential.authorityHost",
      "https://login.microsoftonline.com",
    );
    if (authority.protocol !== "https:") {
      throw config(
        "bad-authority",
        "The option credential.authorityHost is not https.",
        "Begin it with https://.",
      );
    }
  }
  switch (credential.method) {
    case "client-secret":
      exactlyOne("clientSecret", credential.clientSecret, credential.clientSecretFile);
      return credential.clientSecretFile === undefined
        ? credential
        : { ...credential, clientSecretFile: absolutePath(credential.clientSecretFile, context) };
    case "access-token":
      exactlyOne("token", credential.token, credential.tokenFile);
      return credential.tokenFile === undefined
        ? credential
        : { ...credential, tokenFile: absolutePath(credential.tokenFile, context) };
    case "workload-identity":
      return credential.tokenFile === undefined
        ? credential
        : { ...credential, tokenFile: absolutePath(credential.tokenFile, context) };
    case "managed-identity":
      if (credential.clientId !== undefined && credential.resourceId !== undefined) {
        throw config(
          "ambiguous-identity",
          "Both credential.clientId and credential.resourceId are set.",
          "Leave one of them out; each names one managed identity.",
        );
      }
      return credential;
    case "default":
      return credential;
  }
}

function exactlyOne(name: string, value: string | undefined, file: string | undefined): void {
  if ((value === undefined) !== (file === undefined)) return;
  throw config(
    "bad-credential",
    `This credential needs exactly one of credential.${name} and credential.${name}File.`,
    "Set one of them.",
  );
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
  return azureError("Config", what, { reason, advice });
}
