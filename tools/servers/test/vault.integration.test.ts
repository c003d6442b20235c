import { execFileSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { request } from "node:https";
import { dirname } from "node:path";
import { describe, expect, test } from "vitest";
import { identifyProcess, isRunning } from "../watchdog/identity.mjs";
import { startVault } from "../src/vault/dev.js";
import { createKvMount, mountKv, realVault, startOwnVault } from "../src/vitest/index.js";
import { markRealServer } from "../src/vitest/mark.js";
import type { VaultServer } from "../src/vault/server.js";

async function healthStatus(vault: Pick<VaultServer, "request">): Promise<number> {
  return (await vault.request("GET", "sys/health")).status;
}

describe("a Vault in development mode", () => {
  markRealServer("vault");

  test("answers, and stopping it leaves neither process nor folder", async () => {
    const vault = await startVault();
    const identity = identifyProcess(vault.pid ?? 0);
    if (identity === undefined) throw new Error("Vault has no process.");
    expect(await healthStatus(vault)).toBe(200);
    expect(vault.version).toMatch(/^1\./);

    await vault.stop();
    expect(isRunning(identity)).toBe(false);
    expect(vault.pid).toBeUndefined();
    expect(existsSync(dirname(vault.logFile))).toBe(false);
    await vault.stop();
  });

  test("comes back empty and unsealed after a restart, with the same token, and can be sealed", async () => {
    const vault = await startVault();
    expect((await vault.request("POST", "sys/mounts/lost", { type: "kv" })).status).toBe(204);
    await vault.restart();
    expect(await healthStatus(vault)).toBe(200);
    expect((await vault.request("GET", "lost/app")).status).toBe(404);
    await vault.seal();
    expect(await healthStatus(vault)).toBe(503);
    await vault.unseal();
    expect(await healthStatus(vault)).toBe(200);
    await vault.stop();
  });

  test("has a root token of its own, which is not among its arguments", async () => {
    const [first, second] = await Promise.all([startVault(), startVault()]);
    expect(first.rootToken).not.toBe(second.rootToken);
    const seenByOthers = execFileSync("ps", ["-o", "args=", "-p", String(first.pid)], {
      encoding: "utf8",
    });
    expect(seenByOthers).toContain("-dev");
    expect(seenByOthers).not.toContain(first.rootToken);
    expect(statSync(dirname(first.logFile)).mode & 0o777).toBe(0o700);
    expect(statSync(first.logFile).mode & 0o777).toBe(0o600);
    await Promise.all([first.stop(), second.stop()]);
  });
});

describe("a Vault with storage", async () => {
  const vault = await startOwnVault();

  test("seals, keeps answering with 503, and unseals", async () => {
    expect(await healthStatus(vault)).toBe(200);
    await vault.seal();
    expect(await healthStatus(vault)).toBe(503);
    await vault.unseal();
    expect(await healthStatus(vault)).toBe(200);
  });

  test("comes back sealed after a restart and after a crash, with its data and address", async () => {
    expect((await vault.request("POST", "sys/mounts/kept", { type: "kv" })).status).toBe(204);
    expect((await vault.request("POST", "kept/app", { value: "v1" })).status).toBe(204);
    const { pid } = vault;
    await vault.restart();
    expect(await healthStatus(vault)).toBe(503);
    expect(vault.pid).not.toBe(pid);
    await vault.unseal();
    expect((await vault.request("GET", "kept/app")).body["data"]).toEqual({ value: "v1" });

    await vault.kill();
    await expect(vault.request("GET", "sys/health")).rejects.toThrow(/ECONNREFUSED/);
    await vault.restart();
    await vault.unseal();
    expect((await vault.request("GET", "kept/app")).body["data"]).toEqual({ value: "v1" });
  });
});

describe("the shared Vault", () => {
  const vault = realVault();
  const v1 = createKvMount({ version: 1 });
  const v2 = createKvMount({ version: 2 });
  const overTls = createKvMount({ version: 2, tls: true });

  test("has a mount of the suite's own for each version of the engine", async () => {
    expect((await vault.request("POST", `${v1}/app`, { a: "1" })).status).toBe(204);
    expect((await vault.request("GET", `${v1}/app`)).body["data"]).toEqual({ a: "1" });
    expect((await vault.request("POST", `${v2}/data/app`, { data: { a: "2" } })).status).toBe(200);
    expect((await vault.request("GET", `${v2}/data/app`)).body["data"]).toMatchObject({
      data: { a: "2" },
      metadata: { version: 1 },
    });
    const { tls } = vault;
    expect((await tls.request("POST", `${overTls}/data/app`, { data: {} })).status).toBe(200);
  });

  test("lets a test mount and remove one by itself", async () => {
    const own = await mountKv({ version: 2 });
    expect((await vault.request("GET", `sys/mounts/${own.mount}`)).status).toBe(200);
    await own.remove();
    expect((await vault.request("GET", `sys/mounts/${own.mount}`)).status).toBe(400);
  });

  test("has a certificate that only its own authority vouches for, also by name", async () => {
    const { address, ca } = vault.tls;
    const status = (url: string, options: { ca?: string }): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        request(`${url}/v1/sys/health`, { ...options, agent: false }, (response) => {
          response.resume();
          resolve(response.statusCode);
        })
          .once("error", reject)
          .end();
      });
    expect(await status(address, { ca })).toBe(200);
    expect(await status(address.replace("127.0.0.1", "localhost"), { ca })).toBe(200);
    await expect(status(address, {})).rejects.toThrow(/unable to verify|self.signed/);
  });
});
