import { createStore, isSecretError } from "@kinko/core";
import { startOwnVaultCluster } from "@kinko/servers/vitest";
import { expect, test } from "vitest";
import { openProvider } from "../support.js";

test("the leader of a Raft cluster is killed: no read fails, and reads are fresh again after", async () => {
  const cluster = await startOwnVaultCluster();
  await cluster.request("POST", "sys/mounts/kv", { type: "kv", options: { version: "1" } });
  await cluster.request("POST", "kv/app", { value: "before" });
  const leader = await cluster.leader();
  const standby = cluster.nodes.find((node) => node !== leader);
  const provider = openProvider({
    address: standby?.address,
    mount: "kv",
    kvVersion: 1,
    auth: { method: "token", token: cluster.rootToken },
  });
  const store = createStore("vault", provider, {
    resilience: { cache: { ttlSeconds: 0.05 }, breaker: { openSeconds: 1 } },
  });
  const failures: string[] = [];
  const read = async (): Promise<string | undefined> => {
    try {
      return (await store.get("app")).text();
    } catch (error) {
      failures.push(isSecretError(error) ? error.code : "unknown");
      return undefined;
    }
  };
  expect(await read()).toBe("before");
  await leader.kill();
  let elected = false;
  const electing = cluster.leader().then(() => (elected = true));
  while (!elected) expect(await read()).toBe("before");
  await electing;
  await cluster.request("POST", "kv/app", { value: "after" });
  // The breaker probes within a second; the time limit of the test ends this otherwise.
  let value = await read();
  while (value === "before") value = await read();
  expect(value).toBe("after");
  expect(failures).toEqual([]);
  await store.close();
});
