// A process of its own for the servers and the slow lines, so that none of their work counts as the
// client's. It is started by fork, answers `requests` with the times of the requests that it saw, and
// ends with its parent.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { workspaceRoot } from "../../tools/lib/workspace.mjs";

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
const { startFaultProxy } = await testing("faults");
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
/** @type {WeakMap<object, string>} */
const lastDirections = new WeakMap();
/** @param {{ connection: object, direction: "to-client" | "to-server" }} passed */
const countRequests = ({ connection, direction }) => {
  // AWS's client sends a request only when the answer before it is there.
  const begins = direction === "to-server" && lastDirections.get(connection) !== direction;
  if (begins) motoRequests.push(Date.now());
  lastDirections.set(connection, direction);
};
/**
 * @param {number} port
 * @param {typeof countRequests} [onPassed]
 * @returns {Promise<number>} port of a line to it that is long, and has no limit of bandwidth
 */
const slow = async (port, onPassed) => {
  const proxy = await startFaultProxy({ target: `127.0.0.1:${port}`, onPassed });
  await proxy.set({ kind: "slow", latencyMs: Number(delayMs) });
  return proxy.port;
};

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
  aws: { slowPort: await slow(Number(motoPort), countRequests) },
  azure: { port: vaultPort, slowPort: await slow(vaultPort), token: vault.issueToken() },
  gcp: {
    port: manager.grpcPort,
    slowPort: await slow(manager.grpcPort),
    project: manager.project,
    token,
  },
};
process.send?.(servers);
