// A process of its own for the servers and the slow lines, so that none of their work counts as the
// client's. It is started by fork, answers `requests` with the times of the requests that it saw, and
// ends with its parent.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { workspaceRoot } from "../../tools/lib/workspace.mjs";
import { startDelayProxy } from "./delay-proxy.mjs";

/**
 * @typedef {object} CloudServers
 * @property {{ port: number, slowPort: number, token: string }} azure
 * @property {{ port: number, slowPort: number, project: string, token: string }} gcp
 * @property {{ slowPort: number }} aws
 */

/** @typedef {Record<"aws" | "azure" | "gcp", number[]>} RequestTimes in milliseconds */

const [motoPort, delayMs, certificateFile = "", keyFile = ""] = process.argv.slice(2);

/** @param {string} entry of @kinko/testing */
const testing = (entry) =>
  import(pathToFileURL(join(workspaceRoot, `packages/testing/dist/${entry}/index.js`)).href);
const { startKeyVaultServer } = await testing("azure-key-vault");
const { startSecretManagerServer } = await testing("google-secret-manager");

const token = "bench-token";
const vault = await startKeyVaultServer({
  tls: { cert: readFileSync(certificateFile), key: readFileSync(keyFile) },
});
const manager = await startSecretManagerServer({ tokens: [token] });
const vaultPort = Number(new URL(vault.url).port);

/** @type {number[]} */
const motoRequests = [];
/** @param {Buffer} chunk */
const countPosts = (chunk) => {
  // AWS's client sends a request only when the answer before it is there.
  if (chunk.toString("latin1", 0, 5) === "POST ") motoRequests.push(Date.now());
};
/**
 * @param {number} port
 * @param {(chunk: Buffer) => void} [onRequest]
 */
const slow = async (port, onRequest) =>
  (await startDelayProxy({ port, delayMs: Number(delayMs), onRequest })).port;

process.on("disconnect", () => process.exit());
process.on("message", () => {
  /** @type {RequestTimes} */
  const times = {
    aws: motoRequests,
    azure: vault.requests.map((/** @type {{ atMs: number }} */ { atMs }) => atMs),
    gcp: manager.requests.map((/** @type {{ atMs: number }} */ { atMs }) => atMs),
  };
  process.send?.(times);
});
/** @type {CloudServers} */
const servers = {
  aws: { slowPort: await slow(Number(motoPort), countPosts) },
  azure: { port: vaultPort, slowPort: await slow(vaultPort), token: vault.issueToken() },
  gcp: {
    port: manager.grpcPort,
    slowPort: await slow(manager.grpcPort),
    project: manager.project,
    token,
  },
};
process.send?.(servers);
