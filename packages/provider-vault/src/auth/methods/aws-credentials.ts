import { vaultError } from "../../errors/vault-error.js";
import { askMetadataService, askMetadataServiceForJson } from "../metadata-service.js";
import { readCredential } from "../read-credential.js";

/** Keys of an AWS identity. */
export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
}

/** Where the keys may come from. */
export interface AwsKeySources {
  readonly explicit: AwsKeys | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Default `http://169.254.169.254`. */
  readonly instanceMetadataUrl?: string | undefined;
}

/**
 * Hosts that container credentials may be asked of without TLS, besides loopback.
 * Source: AWS SDKs and Tools Reference Guide, "Container credential provider".
 */
const containerHosts = new Set(["169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"]);

/**
 * Finds the keys: those of the config, of the environment, of the container (ECS, EKS Pod Identity),
 * of the instance (IMDSv2), in this order.
 *
 * @throws UnauthenticatedError with reason `no-credentials`
 */
export async function findAwsKeys(sources: AwsKeySources, signal: AbortSignal): Promise<AwsKeys> {
  const { explicit, env } = sources;
  if (explicit !== undefined) return explicit;
  const accessKeyId = env["AWS_ACCESS_KEY_ID"] ?? "";
  const secretAccessKey = env["AWS_SECRET_ACCESS_KEY"] ?? "";
  if (accessKeyId !== "" && secretAccessKey !== "") {
    const sessionToken = env["AWS_SESSION_TOKEN"];
    return {
      accessKeyId,
      secretAccessKey,
      sessionToken: sessionToken === "" ? undefined : sessionToken,
    };
  }
  const container = containerUrl(env);
  if (container !== undefined) return ofContainer(container, env, signal);
  return ofInstance(sources.instanceMetadataUrl ?? "http://169.254.169.254", signal);
}

function containerUrl(env: AwsKeySources["env"]): string | undefined {
  const relative = env["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] ?? "";
  if (relative !== "") return `http://169.254.170.2${relative}`;
  const full = env["AWS_CONTAINER_CREDENTIALS_FULL_URI"] ?? "";
  if (full === "") return undefined;
  const url = URL.canParse(full) ? new URL(full) : undefined;
  const loopback = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/u.test(url?.hostname ?? "");
  const trusted =
    url?.protocol === "https:" ||
    (url?.protocol === "http:" && (loopback || containerHosts.has(url.hostname)));
  if (trusted) return full;
  throw vaultError("Config", "AWS_CONTAINER_CREDENTIALS_FULL_URI names a host that is not asked.", {
    reason: "bad-container-address",
    advice: "It must be https, or the address of this machine or of AWS's container agent.",
  });
}

async function ofContainer(
  url: string,
  env: AwsKeySources["env"],
  signal: AbortSignal,
): Promise<AwsKeys> {
  const tokenFile = env["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] ?? "";
  const authorization =
    tokenFile === ""
      ? (env["AWS_CONTAINER_AUTHORIZATION_TOKEN"] ?? "")
      : await readCredential(tokenFile, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
  const headers = authorization === "" ? {} : { Authorization: checkHeader(authorization) };
  return parseKeys(await askMetadataServiceForJson({ url, headers, signal, cloud: "AWS" }));
}

async function ofInstance(base: string, signal: AbortSignal): Promise<AwsKeys> {
  const token = await askMetadataService({
    url: `${base}/latest/api/token`,
    method: "PUT",
    headers: { "X-aws-ec2-metadata-token-ttl-seconds": "60" },
    signal,
    cloud: "AWS",
  });
  const headers = { "X-aws-ec2-metadata-token": checkHeader(token) };
  const url = `${base}/latest/meta-data/iam/security-credentials/`;
  const roles = await askMetadataService({ url, headers, signal, cloud: "AWS" });
  const role = roles.split("\n")[0]?.trim() ?? "";
  return parseKeys(
    await askMetadataServiceForJson({
      url: `${url}${encodeURIComponent(role)}`,
      headers,
      signal,
      cloud: "AWS",
    }),
  );
}

function parseKeys(body: Readonly<Record<string, unknown>>): AwsKeys {
  const { AccessKeyId, SecretAccessKey, Token } = body;
  if (typeof AccessKeyId === "string" && typeof SecretAccessKey === "string") {
    return {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: typeof Token === "string" ? Token : undefined,
    };
  }
  throw vaultError("Unauthenticated", "AWS's metadata service gave no keys.", {
    reason: "no-credentials",
    advice: "Assign a role to this machine or container, or give keys in auth.",
  });
}

/** Node's error of a bad header quotes it. */
function checkHeader(text: string): string {
  if (/^[\u0020-\u007e]+$/u.test(text)) return text;
  throw vaultError("Unauthenticated", "AWS's authorization token has characters it cannot have.", {
    reason: "malformed-token",
    advice: "Check the file or variable that holds it.",
  });
}
