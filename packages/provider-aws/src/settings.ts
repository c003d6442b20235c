import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { ProviderContext } from "@kinko/core";
import { awsError } from "./errors/aws-error.js";
import type { AwsOptions } from "./options.js";

/** Options with their defaults from the environment, checked, and paths made absolute. */
export interface AwsSettings {
  /** Undefined: what the SDK finds in the profile. */
  readonly region: string | undefined;
  readonly profile: string | undefined;
  /** Undefined: the SDK's chain. */
  readonly credentials: AwsCredentials | undefined;
  readonly endpoint: string | undefined;
  readonly proxy: URL | undefined;
  /** Absolute. */
  readonly caFile: string | undefined;
  readonly naming: "encoded" | "raw";
  /** Empty, or native text that ends in a slash. */
  readonly prefix: string;
  readonly kmsKeyId: string | undefined;
  readonly recoveryWindowDays: number;
  readonly onDeleted: "recover" | "fail";
  readonly readTags: boolean;
}

/** Credentials that do not change. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/**
 * Makes settings of options.
 * @throws ConfigError, which never quotes an option: a URL may hold credentials
 */
export function resolveSettings(options: AwsOptions, context: ProviderContext): AwsSettings {
  const env = (name: string): string | undefined => nonEmpty(context.env[name]);
  if (options.credentials !== undefined && options.profile !== undefined) {
    throw config(
      "ambiguous-credentials",
      "Both credentials and profile are set.",
      "Leave one of them out.",
    );
  }
  const profile =
    options.credentials === undefined ? (options.profile ?? env("AWS_PROFILE")) : undefined;
  return {
    region: parseRegion(options.region ?? env("AWS_REGION") ?? env("AWS_DEFAULT_REGION")),
    profile,
    credentials:
      resolveCredentials(options) ?? (profile === undefined ? environmentKeys(env) : undefined),
    endpoint: parseUrl(
      options.endpoint ?? env("AWS_ENDPOINT_URL_SECRETS_MANAGER") ?? env("AWS_ENDPOINT_URL"),
      "endpoint",
    )?.href,
    proxy: parseUrl(options.proxy, "proxy"),
    caFile: absolutePath(options.caFile ?? env("AWS_CA_BUNDLE"), context),
    naming: options.naming ?? "encoded",
    prefix: parsePrefix(options.prefix),
    kmsKeyId: options.kmsKeyId,
    recoveryWindowDays: options.recoveryWindowDays ?? 30,
    onDeleted: options.onDeleted ?? "recover",
    readTags: options.readTags ?? true,
  };
}

function resolveCredentials({ credentials }: AwsOptions): AwsCredentials | undefined {
  if (credentials === undefined) return undefined;
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}

/** The SDK reads the process's own variables alone; the context's may be others. */
function environmentKeys(env: (name: string) => string | undefined): AwsCredentials | undefined {
  const accessKeyId = env("AWS_ACCESS_KEY_ID");
  const secretAccessKey = env("AWS_SECRET_ACCESS_KEY");
  const sessionToken = env("AWS_SESSION_TOKEN");
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}

function parseRegion(region: string | undefined): string | undefined {
  // It becomes part of a host name.
  if (region === undefined || /^[a-z\d]+(?:-[a-z\d]+)*$/u.test(region)) return region;
  throw config("bad-region", "The region is not the name of one.", "Write it as eu-central-1.");
}

function parseUrl(address: string | undefined, option: "endpoint" | "proxy"): URL | undefined {
  if (address === undefined) return undefined;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || (url.protocol !== "https:" && url.protocol !== "http:")) {
    throw config(
      `bad-${option}`,
      `The option ${option} is not an http or https URL.`,
      option === "proxy"
        ? "Write it as http://proxy.example.com:3128."
        : "Write it as https://vpce-0123.secretsmanager.eu-central-1.vpce.amazonaws.com.",
    );
  }
  if (option === "endpoint" && (url.username !== "" || url.password !== "")) {
    throw config(
      "credentials-in-endpoint",
      "The option endpoint has credentials in it.",
      "Remove them; AWS takes keys, see the option credentials.",
    );
  }
  if (url.search !== "" || url.hash !== "") {
    throw config(
      `bad-${option}`,
      `The option ${option} has a query or fragment.`,
      "Leave out what follows ? or #.",
    );
  }
  return url;
}

function parsePrefix(prefix: string | undefined): string {
  if (prefix === undefined) return "";
  // Without the slash, names of the prefix and of others could run into each other.
  if (prefix.length <= 256 && /^[\w/+=.@!-]*\/$/u.test(prefix)) return prefix;
  throw config(
    "bad-prefix",
    "The option prefix is not the beginning of a name that ends in a slash.",
    "Write it as team-a/, with letters, digits and /_+=.@- only.",
  );
}

function absolutePath(file: string | undefined, context: ProviderContext): string | undefined {
  if (file === undefined) return undefined;
  if (file.startsWith("~/")) return join(nonEmpty(context.env["HOME"]) ?? homedir(), file.slice(1));
  return resolve(context.directory, file);
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}

function config(reason: string, what: string, advice: string): Error {
  return awsError("Config", what, { reason, advice });
}
