import type { AuthSettings } from "../auth-settings.js";
import type { AuthDependencies } from "../create-auth.js";
import { login } from "../login.js";
import type { LoginMethod } from "../login-method.js";
import { findAwsKeys, type AwsKeys } from "./aws-credentials.js";

/**
 * AWS IAM: signs a request that asks AWS who the signer is, and hands it to Vault, which sends it.
 * The keys never leave this process.
 */
export function awsIam(
  settings: Extract<AuthSettings, { readonly method: "aws" }>,
  { request, env }: AuthDependencies,
): LoginMethod {
  const { role, mount, region, serverId } = settings;
  const endpoint = new URL(settings.stsEndpoint ?? stsEndpoint(region));
  return {
    name: "aws",
    async login(signal) {
      const keys = await findAwsKeys(
        { explicit: settings.keys, env, instanceMetadataUrl: settings.metadataAddress },
        signal,
      );
      const { default: aws4 } = await import("aws4");
      const body = "Action=GetCallerIdentity&Version=2011-06-15";
      const signed = aws4.sign(
        {
          host: endpoint.host,
          path: "/",
          method: "POST",
          service: "sts",
          region,
          body,
          headers: {
            "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
            ...(serverId === undefined ? {} : { "X-Vault-AWS-IAM-Server-ID": serverId }),
          },
        },
        withoutUndefined(keys),
      );
      return login(request, {
        path: `${mount}/login`,
        body: {
          ...(role === undefined ? {} : { role }),
          iam_http_request_method: "POST",
          iam_request_url: base64(endpoint.href),
          iam_request_body: base64(body),
          iam_request_headers: base64(JSON.stringify(signed.headers)),
        },
        signal,
        title: "AWS",
        name: "aws",
        advice:
          "Check auth.role and the principal that it is bound to, auth.region, auth.serverId, and the clock of this machine.",
      });
    },
    close: () => undefined,
  };
}

/** Vault's own default is the global endpoint, which is signed for us-east-1. */
function stsEndpoint(region: string): string {
  if (region === "us-east-1") return "https://sts.amazonaws.com/";
  const suffix = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  return `https://sts.${region}.${suffix}/`;
}

/** The library takes no `undefined` for a key that there is none of. */
function withoutUndefined({ accessKeyId, secretAccessKey, sessionToken }: AwsKeys): {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
} {
  const keys = { accessKeyId, secretAccessKey };
  return sessionToken === undefined ? keys : { ...keys, sessionToken };
}

function base64(text: string): string {
  return Buffer.from(text, "utf8").toString("base64");
}
