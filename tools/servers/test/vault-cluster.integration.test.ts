import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";
import { identifyProcess, isRunning } from "../watchdog/identity.mjs";
import { readRuns } from "../watchdog/sweep.mjs";
import { packageRoot } from "../src/package-root.js";
import { runsFolder } from "../src/process/run-folder.js";
import { waitUntil } from "../src/process/wait-until.js";
import { startVaultCluster } from "../src/vault/cluster.js";
import { startOwnVaultCluster } from "../src/vitest/index.js";
import { addRealServer } from "../src/vitest/mark.js";

test("a cluster goes on without its leader, and takes the lost node back", async () => {
  const cluster = await startOwnVaultCluster();
  const mounted = await cluster.request("POST", "sys/mounts/kept", { type: "kv" });
  expect(mounted.status).toBe(204);
  await cluster.request("POST", "kept/app", { value: "first" });
  const lost = await cluster.leader();
  await lost.kill();
  expect(lost.pid).toBeUndefined();

  const next = await cluster.leader();
  expect(next.address).not.toBe(lost.address);
  expect((await cluster.request("GET", "kept/app")).body["data"]).toEqual({ value: "first" });
  await cluster.request("POST", "kept/app", { value: "second" });

  await lost.restart();
  expect((await lost.request("GET", "sys/health")).status).toBe(503);
  await lost.unseal();
  // A standby hands requests on to the leader.
  expect((await lost.request("GET", "kept/app")).body["data"]).toEqual({ value: "second" });
  expect((await lost.request("GET", "sys/health")).status).toBe(429);
});

test("stopping a cluster leaves neither processes nor folders", async ({ task }) => {
  addRealServer(task, "vault");
  const cluster = await startVaultCluster();
  const identities = cluster.nodes.map(({ pid }) => identifyProcess(pid ?? 0));
  const folders = cluster.nodes.map(({ logFile }) => dirname(logFile));
  expect(identities.every((each) => each !== undefined && isRunning(each))).toBe(true);
  await cluster.stop();
  await cluster.stop();
  expect(identities.some((each) => each !== undefined && isRunning(each))).toBe(false);
  expect(folders.some((folder) => existsSync(folder))).toBe(false);
});

test("SIGKILL of the process that started a cluster leaves none of its nodes behind", async ({
  task,
}) => {
  addRealServer(task, "vault");
  const script = `
    const { startVaultCluster } = await import(${JSON.stringify(`file://${packageRoot}/dist/index.js`)});
    await startVaultCluster();
    console.log("Running.");
    setInterval(() => undefined, 1_000);
  `;
  const starter = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  onTestFinished(() => {
    starter.kill("SIGKILL");
  });
  for await (const line of createInterface({ input: starter.stdout })) {
    if (line === "Running.") break;
  }
  const runs = readRuns(runsFolder()).filter(({ record }) => record.owner.pid === starter.pid);
  const nodes = runs.flatMap(({ record }) => record.processes);
  expect(nodes.filter(isRunning)).toHaveLength(3);

  starter.kill("SIGKILL");
  await once(starter, "exit");
  const gone = (): boolean =>
    !nodes.some(isRunning) && !runs.some(({ folder }) => existsSync(folder));
  expect(await waitUntil(gone, { timeoutMs: 20_000 })).toBe(true);
});
