import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Agent as HttpAgent } from "node:http";
import { Agent } from "node:https";
import { awsError } from "../errors/aws-error.js";
import type { AwsSettings } from "../settings.js";

/** What AWS's own client would use: connections are kept, and there are at most so many. */
const pool = { keepAlive: true, maxSockets: 50 };

/** Agents for the SDK's handler of requests. */
export interface Agents {
  readonly httpsAgent: Agent;
  readonly httpAgent?: HttpAgent;
}

/**
 * Agents for a proxy or for a certificate authority of one's own; undefined when neither is asked for.
 * @throws ConfigError for a certificate file that cannot be used
 */
export async function createAgents(settings: AwsSettings): Promise<Agents | undefined> {
  const { proxy, caFile } = settings;
  const ca = caFile === undefined ? undefined : await readAuthority(caFile);
  const options = { ...pool, ...(ca === undefined ? {} : { ca }) };
  if (proxy !== undefined) {
    const { HttpsProxyAgent } = await import("https-proxy-agent");
    const agent = new HttpsProxyAgent(proxy, options);
    // Its own options are for the connection to the proxy; these go into the one that it then tunnels.
    if (ca !== undefined) Object.assign(agent.options, { ca });
    return { httpsAgent: agent as unknown as Agent, httpAgent: agent };
  }
  return ca === undefined ? undefined : { httpsAgent: new Agent(options) };
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
