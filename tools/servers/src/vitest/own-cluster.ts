import { afterAll, onTestFinished, TestRunner } from "vitest";
import type { VaultCluster } from "../vault/cluster.js";
import { startVaultCluster } from "../vault/cluster.js";
import { prepareVaultBinary } from "../vault/find.js";
import { addRealServer, markRealServer } from "./mark.js";

/**
 * A Vault cluster of the caller's own, three nodes over Raft, to kill the leader of. Called and
 * stopped as `startOwnVault` is.
 *
 * @throws ServerUnavailableError when there is no Vault on this machine and none can be built
 */
export async function startOwnVaultCluster(): Promise<VaultCluster> {
  const test = TestRunner.getCurrentTest();
  if (test === undefined) markRealServer("vault");
  else addRealServer(test, "vault");
  const cluster = await startVaultCluster({ binary: await prepareVaultBinary() });
  if (test === undefined) afterAll(() => cluster.stop());
  else onTestFinished(() => cluster.stop());
  return cluster;
}
