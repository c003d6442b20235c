import { createStore } from "@kinko/core";
import { startOwnVault } from "@kinko/servers/vitest";
import { FakeClock } from "@kinko/testing";
import { startFaultProxy } from "@kinko/testing/faults";
import { expect, onTestFinished, test } from "vitest";
import { openProvider } from "../support.js";

const vault = await startOwnVault();

/** Logins of the role so far, as Vault itself counts the tokens that they made. */
async function tokens(): Promise<number> {
  const { body } = await vault.request("LIST", "auth/token/accessors");
  return (body["data"] as { keys: string[] }).keys.length;
}

test("unreachable for 90 s with a token of 5 minutes: no login, no revocation, no failed cached read", async () => {
  await vault.request("POST", "sys/mounts/kv", { type: "kv", options: { version: "1" } });
  await vault.request("POST", "kv/app", { value: "s3cret" });
  await vault.request("PUT", "sys/policies/acl/reader", {
    policy: 'path "kv/*" { capabilities = ["read"] }',
  });
  await vault.request("POST", "sys/auth/approle", { type: "approle" });
  await vault.request("POST", "auth/approle/role/app", {
    token_ttl: "5m",
    token_policies: "reader",
  });
  const { body: role } = await vault.request("GET", "auth/approle/role/app/role-id");
  const { body: secret } = await vault.request("POST", "auth/approle/role/app/secret-id", {});
  const proxy = await startFaultProxy({ target: vault.address });
  const clock = new FakeClock();
  const provider = openProvider(
    {
      address: proxy.address,
      mount: "kv",
      kvVersion: 1,
      auth: {
        method: "approle",
        roleId: (role["data"] as { role_id: string }).role_id,
        secretId: (secret["data"] as { secret_id: string }).secret_id,
      },
    },
    { clock },
  );
  const store = createStore("vault", provider, {
    clock,
    resilience: { cache: { ttlSeconds: 5, maxStaleSeconds: 3_600, refreshAheadRatio: 1 } },
  });
  onTestFinished(async () => {
    await store.close();
    await proxy.close();
  });
  expect((await store.get("app")).text()).toBe("s3cret");
  const before = await tokens();

  await proxy.set({ kind: "refuse" });
  for (let second = 0; second < 90; second += 1) {
    await clock.advance(1_000);
    let value: string | undefined;
    const reading = store.get("app").then((read) => (value = read.text()));
    // Connections are refused in real time; the store waits for its clock alone.
    while (value === undefined) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      if (value === undefined) await clock.advance(1);
    }
    await reading;
    expect(value).toBe("s3cret");
  }
  expect(await tokens()).toBe(before);

  await proxy.clear();
  await clock.advance(31_000);
  const bytes = proxy.stats.bytesToServer;
  expect((await store.get("app")).text()).toBe("s3cret");
  await proxy.waitFor(({ bytesToServer }) => bytesToServer > bytes);
  expect(await tokens()).toBe(before);
});
