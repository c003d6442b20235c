import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ServerStartError } from "../errors.js";
import { freePort } from "../process/free-port.js";
import { RunFolder } from "../process/run-folder.js";
import { ServerProcess } from "../process/server-process.js";
import { startOnFreePort } from "../process/start-on-free-port.js";
import { waitUntil } from "../process/wait-until.js";
import type { VaultResponse } from "./api.js";
import type { StartVaultOptions } from "./dev.js";
import type { VaultBinary } from "./find.js";
import { prepareVaultBinary } from "./find.js";
import { initialise } from "./initialise.js";
import type { VaultMethod, VaultServer } from "./server.js";
import { hasHealth, startTimeoutMs, vaultServer } from "./server.js";

/** Nodes of a cluster: the fewest that survive the loss of one. */
const nodeCount = 3;

/** A real Vault cluster over Raft, on loopback, that this process started and controls. */
export interface VaultCluster {
  /** Each can be sealed, killed and restarted by itself; one that was restarted comes back sealed. */
  readonly nodes: readonly VaultServer[];
  readonly rootToken: string;
  readonly version: string;
  /**
   * The node that is active. Waits for an election to end.
   * @throws ServerStartError when there is none after a minute, as when two nodes are down
   */
  leader(): Promise<VaultServer>;
  /** One request with the root token to the active node. */
  request(method: VaultMethod, path: string, body?: unknown): Promise<VaultResponse>;
  /** Ends all nodes and removes everything they kept. Idempotent. */
  stop(): Promise<void>;
}

interface NodePlan {
  readonly id: string;
  readonly port: number;
  readonly clusterPort: number;
}

/**
 * Starts a Vault cluster of three nodes with integrated storage: initialised and unsealed with one
 * key share, and all three of them voters, so that any one of them can be lost.
 *
 * @throws ServerUnavailableError when there is no Vault on this machine and none can be built
 * @throws ServerStartError when it does not start, with the end of its log
 */
export async function startVaultCluster(options: StartVaultOptions = {}): Promise<VaultCluster> {
  const binary = options.binary ?? (await prepareVaultBinary(options));
  return startOnFreePort((port) => startNodes(binary, port));
}

async function startNodes(binary: VaultBinary, firstPort: number): Promise<VaultCluster> {
  const plans: NodePlan[] = [];
  for (let index = 0; index < nodeCount; index += 1) {
    const port = index === 0 ? firstPort : await freePort();
    plans.push({ id: `node-${index + 1}`, port, clusterPort: await freePort() });
  }
  const started: { readonly folder: RunFolder; readonly process: ServerProcess }[] = [];
  try {
    for (const plan of plans) {
      const folder = new RunFolder("vault-raft");
      const process = new ServerProcess(folder, {
        title: "Vault",
        command: binary.path,
        args: ["server", `-config=${writeConfig(folder.path, plan, plans)}`],
      });
      started.push({ folder, process });
      process.start();
    }
    return await formCluster(binary, plans, started);
  } catch (error) {
    await Promise.all(started.map(({ process }) => process.stop()));
    for (const { folder } of started) folder.remove();
    throw error;
  }
}

async function formCluster(
  binary: VaultBinary,
  plans: readonly NodePlan[],
  started: readonly { readonly folder: RunFolder; readonly process: ServerProcess }[],
): Promise<VaultCluster> {
  const [first] = plans;
  if (first === undefined) throw new RangeError("A cluster has nodes.");
  const access = { address: addressOf(first) };
  await started[0]?.process.waitUntilReady(() => hasHealth(access, 501), startTimeoutMs, []);
  const { rootToken, unsealKey } = await initialise(access);
  const nodes = plans.map((plan, index) => {
    const parts = started[index];
    if (parts === undefined) throw new RangeError("Every node was started.");
    const address = addressOf(plan);
    return vaultServer({
      ...parts,
      address,
      rootToken,
      version: binary.version,
      readUnsealKey: () => unsealKey,
      isReady: () => hasHealth({ address }, 503),
    });
  });
  const unseal = async (node: VaultServer, index: number): Promise<void> => {
    // One that is to join asks the others until it is taken, and can be unsealed from then on.
    const joined = (): Promise<boolean> => hasHealth({ address: node.address }, 503);
    await started[index]?.process.waitUntilReady(joined, startTimeoutMs, [rootToken]);
    await node.unseal();
    if (index === 0) await promoteEarly(node);
  };
  const [bootstrapped, ...joining] = nodes.map((node, index) => () => unseal(node, index));
  await bootstrapped?.();
  await Promise.all(joining.map((join) => join()));
  const cluster = vaultCluster(nodes, rootToken, binary.version);
  const voters = (): Promise<boolean> => areAllVoters(cluster);
  if (await waitUntil(voters, { timeoutMs: startTimeoutMs })) return cluster;
  throw new ServerStartError("Not every node of the cluster became a voter. See Vault's logs.");
}

function vaultCluster(
  nodes: readonly VaultServer[],
  rootToken: string,
  version: string,
): VaultCluster {
  const leader = async (): Promise<VaultServer> => {
    let active: VaultServer | undefined;
    const found = async (): Promise<boolean> => {
      for (const node of nodes) if (await isActive(node)) active = node;
      return active !== undefined;
    };
    await waitUntil(found, { timeoutMs: startTimeoutMs });
    if (active !== undefined) return active;
    throw new ServerStartError(
      "The cluster has no active node. Two of three must run and be unsealed.",
    );
  };
  return {
    nodes,
    rootToken,
    version,
    leader,
    request: async (method, path, body) => (await leader()).request(method, path, body),
    async stop() {
      await Promise.all(nodes.map((node) => node.stop()));
    },
  };
}

async function isActive(node: VaultServer): Promise<boolean> {
  if (node.pid === undefined) return false;
  try {
    return (await node.request("GET", "sys/health")).status === 200;
  } catch {
    // It is ending or starting.
    return false;
  }
}

/** Vault watches a new node for ten seconds before it may vote; nobody here waits for that. */
async function promoteEarly(node: VaultServer): Promise<void> {
  const path = "sys/storage/raft/autopilot/configuration";
  const { status } = await node.request("POST", path, { server_stabilization_time: "500ms" });
  if (status >= 300) throw new ServerStartError(`Vault answered ${status} to ${path}.`);
}

async function areAllVoters(cluster: VaultCluster): Promise<boolean> {
  const { body } = await cluster.request("GET", "sys/storage/raft/configuration");
  const data = body["data"] as { config?: { servers?: { voter?: boolean }[] } } | undefined;
  const servers = data?.config?.servers ?? [];
  return servers.length === nodeCount && servers.every(({ voter }) => voter === true);
}

function addressOf({ port }: NodePlan): string {
  return `http://127.0.0.1:${port}`;
}

function writeConfig(folder: string, plan: NodePlan, plans: readonly NodePlan[]): string {
  const data = join(folder, "data");
  mkdirSync(data, { mode: 0o700 });
  const config = {
    storage: {
      raft: {
        path: data,
        node_id: plan.id,
        // The shortest time without a leader before a node stands for election.
        performance_multiplier: 1,
        // How often nodes are looked at and made voters; by default 2 and 10 seconds.
        autopilot_update_interval: "500ms",
        autopilot_reconcile_interval: "1s",
        retry_join: plans
          .filter(({ id }) => id !== plan.id)
          .map((peer) => ({ leader_api_addr: addressOf(peer) })),
      },
    },
    listener: {
      tcp: {
        address: `127.0.0.1:${plan.port}`,
        cluster_address: `127.0.0.1:${plan.clusterPort}`,
        tls_disable: true,
      },
    },
    api_addr: addressOf(plan),
    cluster_addr: `https://127.0.0.1:${plan.clusterPort}`,
    // Locking memory needs a privilege that a test machine does not give; the data here is made up.
    disable_mlock: true,
    ui: false,
  };
  const path = join(folder, "vault.json");
  writeFileSync(path, JSON.stringify(config), { mode: 0o600 });
  return path;
}
