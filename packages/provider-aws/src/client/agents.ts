import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Agent as HttpAgent } from "node:http";
import type { Agent, AgentOptions } from "node:https";
import { awsError } from "../errors/aws-error.js";
import type { AwsSettings } from "../settings.js";

/** Connections as AWS's own client keeps them, and a certificate that is checked whatever Node is told. */
const defaults = { keepAlive: true, maxSockets: 50, rejectUnauthorized: true };

/** Agents, or options for agents, for the SDK's handler of requests. */
export interface Agents {
  readonly httpsAgent: Agent | AgentOptions;
  readonly httpAgent?: HttpAgent;
}

/**
 * Agents that go through a proxy or trust a certificate authority of one's own, where that is asked for.
 * @throws ConfigError for a certificate file that cannot be used
 */
export async function createAgents(settings: AwsSettings): Promise<Agents> {
  const { proxy, caFile } = settings;
  const ca = caFile === undefined ? undefined : await readAuthority(caFile);
  const options = { ...defaults, ...(ca === undefined ? {} : { ca }) };
  if (proxy === undefined) return { httpsAgent: options };
  const { HttpsProxyAgent } = await import("https-proxy-agent");
  const agent = new HttpsProxyAgent(proxy, options);
  // Those are for the connection to the proxy alone; these for the one that it then tunnels.
  Object.assign(agent.options, options);
  return { httpsAgent: agent as unknown as Agent, httpAgent: agent };
}

async function readAuthority(file: string): Promise<string> {
  try {
    const ca = await readFile(file, "utf8");
    // Throws. Node itself takes what is no certificate for an empty list, and would trust nobody.
    new X509Certificate(ca);
    return ca;
  } catch {
    // Neither the path nor what Node said of it: both can be anything.
    throw awsError("Config", "The certificate file in caFile (or AWS_CA_BUNDLE) cannot be used.", {
      reason: "tls-file-unusable",
      advice: "Check that it exists, can be read, and holds certificates in PEM form.",
    });
  }
}
