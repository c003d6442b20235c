import type { VaultAuthMethodOptions, VaultAuthOptions } from "./options.js";
import type { AwsKeys } from "./methods/aws-credentials.js";

/** What every method that logs in has. */
interface LoginBase {
  /** Encoded path below `auth/`. */
  readonly mount: string;
  readonly sinkFile: string | undefined;
  readonly revokeOnClose: boolean;
}

/** Methods that log in, with their defaults; file paths are absolute. */
export type LoginSettings = LoginBase &
  (
    | {
        readonly method: "approle";
        readonly roleId: string;
        readonly secretId: string | undefined;
        readonly secretIdFile: string | undefined;
        readonly wrapped: boolean;
      }
    | {
        readonly method: "kubernetes" | "jwt";
        readonly role: string | undefined;
        readonly jwt: string | undefined;
        readonly jwtFile: string | undefined;
      }
    | {
        readonly method: "userpass";
        readonly username: string;
        readonly password: string | undefined;
        readonly passwordFile: string | undefined;
      }
    | { readonly method: "cert"; readonly role: string | undefined }
    | {
        readonly method: "aws";
        readonly role: string | undefined;
        readonly region: string;
        readonly serverId: string | undefined;
        readonly stsEndpoint: string | undefined;
        readonly keys: AwsKeys | undefined;
        readonly metadataAddress: string | undefined;
      }
    | {
        readonly method: "azure";
        readonly role: string;
        readonly resource: string;
        readonly clientId: string | undefined;
        readonly metadataAddress: string | undefined;
      }
    | {
        readonly method: "gcp";
        readonly role: string;
        readonly credentialsFile: string | undefined;
        readonly metadataAddress: string | undefined;
      }
  );

/** How to authenticate. */
export type AuthSettings =
  | { readonly method: "token"; readonly token: string | undefined; readonly renew: boolean }
  | { readonly method: "token-file"; readonly file: string }
  | { readonly method: "chain"; readonly methods: readonly AuthSettings[] }
  | LoginSettings;

/** What resolving options needs of its surroundings. */
export interface AuthResolution {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether tls.certFile is set. */
  readonly hasClientCertificate: boolean;
  readonly absolute: (file: string) => string;
  /** Checks and encodes a mount. @throws ConfigError */
  readonly parseMount: (mount: string, option: string) => string;
  readonly refuse: (reason: string, what: string, advice: string) => Error;
}

const serviceAccountToken = "/var/run/secrets/kubernetes.io/serviceaccount/token";

/** Gives options their defaults. @throws ConfigError */
export function resolveAuth(
  auth: VaultAuthOptions | undefined,
  resolution: AuthResolution,
): AuthSettings {
  const token = nonEmpty(resolution.env["VAULT_TOKEN"]);
  const chosen = auth ?? { method: token === undefined ? "token-file" : "token" };
  if (chosen.method !== "chain") return resolveMethod(chosen, resolution);
  return {
    method: "chain",
    methods: chosen.methods.map((method) => resolveMethod(method, resolution)),
  };
}

function resolveMethod(chosen: VaultAuthMethodOptions, resolution: AuthResolution): AuthSettings {
  const { env, absolute, refuse } = resolution;
  const file = (name: string | undefined): string | undefined =>
    name === undefined ? undefined : absolute(name);
  const oneOf = (first: string, second: string, values: readonly (string | undefined)[]): void => {
    if (values.filter((value) => value !== undefined).length === 1) return;
    throw refuse(
      chosen.method === "approle" ? "bad-secret-id" : "ambiguous-credentials",
      `The auth method ${chosen.method} needs exactly one of auth.${first} and auth.${second}.`,
      "Set one of them.",
    );
  };
  if (chosen.method === "token") {
    const { renew = true } = chosen;
    return { method: "token", token: chosen.token ?? nonEmpty(env["VAULT_TOKEN"]), renew };
  }
  if (chosen.method === "token-file") {
    return { method: "token-file", file: absolute(chosen.file ?? "~/.vault-token") };
  }
  const base: LoginBase = {
    mount: resolution.parseMount(chosen.mount ?? chosen.method, "auth.mount"),
    sinkFile: file(chosen.sinkFile),
    revokeOnClose: chosen.revokeOnClose ?? true,
  };
  switch (chosen.method) {
    case "approle": {
      const { method, roleId, secretId, secretIdFile, wrapped = false } = chosen;
      oneOf("secretId", "secretIdFile", [secretId, secretIdFile]);
      return { ...base, method, roleId, secretId, secretIdFile: file(secretIdFile), wrapped };
    }
    case "kubernetes": {
      const { method, role, tokenFile = serviceAccountToken } = chosen;
      return { ...base, method, role, jwt: undefined, jwtFile: absolute(tokenFile) };
    }
    case "jwt": {
      const { method, role, jwt, jwtFile } = chosen;
      oneOf("jwt", "jwtFile", [jwt, jwtFile]);
      return { ...base, method, role, jwt, jwtFile: file(jwtFile) };
    }
    case "userpass": {
      const { method, username, password, passwordFile } = chosen;
      oneOf("password", "passwordFile", [password, passwordFile]);
      return { ...base, method, username, password, passwordFile: file(passwordFile) };
    }
    case "cert": {
      if (resolution.hasClientCertificate) {
        return { ...base, method: chosen.method, role: chosen.role };
      }
      throw refuse(
        "no-client-certificate",
        "The auth method cert needs a client certificate.",
        "Set tls.certFile and tls.keyFile.",
      );
    }
    case "aws": {
      const { method, role, serverId, stsEndpoint, metadataAddress } = chosen;
      const region =
        chosen.region ?? nonEmpty(env["AWS_REGION"]) ?? nonEmpty(env["AWS_DEFAULT_REGION"]);
      return {
        ...base,
        method,
        role,
        region: region ?? "us-east-1",
        serverId,
        stsEndpoint,
        keys: awsKeys(chosen, refuse),
        metadataAddress,
      };
    }
    case "azure": {
      const { method, role, clientId, metadataAddress } = chosen;
      const { resource = "https://management.azure.com/" } = chosen;
      return { ...base, method, role, resource, clientId, metadataAddress };
    }
    case "gcp": {
      const { method, role, credentialsFile, metadataAddress } = chosen;
      return { ...base, method, role, credentialsFile: file(credentialsFile), metadataAddress };
    }
  }
}

function awsKeys(
  chosen: Extract<VaultAuthMethodOptions, { readonly method: "aws" }>,
  refuse: AuthResolution["refuse"],
): AwsKeys | undefined {
  const { accessKeyId, secretAccessKey, sessionToken } = chosen;
  if (accessKeyId === undefined && secretAccessKey === undefined && sessionToken === undefined) {
    return undefined;
  }
  if (accessKeyId !== undefined && secretAccessKey !== undefined) {
    return { accessKeyId, secretAccessKey, sessionToken };
  }
  throw refuse(
    "incomplete-keys",
    "The AWS keys are incomplete.",
    "Set both auth.accessKeyId and auth.secretAccessKey, or neither.",
  );
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}
