import { createKvMount, realVault } from "@kinko/servers/vitest";
import { canaryOf, createCanary, hostileNames } from "@kinko/testing";
import { describe, expect, test } from "vitest";
import type { SecretStore } from "@kinko/core";
import { openEngines } from "../engine-store.js";
import { failureOf } from "../failures.js";
import { recordRequests } from "../record-requests.js";
import { createToken } from "../vault-setup.js";

const vault = realVault();
const canary = createCanary();

test("open-source Vault has no namespaces, and says so in one typed error", async () => {
  const namespaces = openEngines(vault).as("namespaces");
  for (const call of [
    () => namespaces.list(),
    () => namespaces.read("team"),
    () => namespaces.create("team"),
  ]) {
    expect(await failureOf(call(), canary)).toMatchObject({
      code: "Unsupported",
      reason: "enterprise-only",
    });
  }
});

describe.each([1, 2] as const)("with KV version %i, a folder for each environment", (version) => {
  const mount = createKvMount({ version });
  const open = (namespace: string | undefined, token = vault.token): SecretStore =>
    openEngines(vault, {
      mount,
      token,
      kvVersion: version,
      ...(namespace === undefined ? {} : { namespace, namespaceMode: "path-prefix" as const }),
    });

  test("keeps the secrets of one from those of the other, under the same names", async () => {
    const [production, staging, all] = [open("eu/production"), open("eu/staging"), open(undefined)];
    await production.put("app/db", "p");
    await staging.put("app/db", "s");
    expect((await production.get("app/db")).text()).toBe("p");
    expect((await staging.get("app/db")).text()).toBe("s");
    expect((await all.get("eu/production/app/db")).text()).toBe("p");
    const names: string[] = [];
    for await (const { path } of production.list()) names.push(path.join("/"));
    expect(names).toEqual(["app/db"]);
    const beneath: string[] = [];
    for await (const { path } of production.list({ prefix: "app" })) beneath.push(path.join("/"));
    expect(beneath).toEqual(["app/db"]);
    const report = await production.validate([{ ref: "app/db" }, { ref: "app/none" }]);
    expect(report.items.map(({ status }) => status)).toEqual(["allowed", "missing"]);
    await production.delete("app/db", version === 1 ? { mode: "purge" } : {});
    expect((await staging.get("app/db")).text()).toBe("s");
    if (version === 2) {
      expect(await production.versions("app/db")).toHaveLength(1);
      await production.undelete("app/db");
      expect((await production.get("app/db")).text()).toBe("p");
    }
  });

  test("is not left by any name", async () => {
    const store = open("eu/production");
    const requests = recordRequests(`${mount}/`);
    for (const name of hostileNames) {
      await store.get({ path: name.split("/") }).catch(() => undefined);
      await store.put({ path: [name] }, "x").catch(() => undefined);
    }
    for (const name of ["../staging/app", "..", "%2e%2e/staging", "a/../../staging/app"]) {
      await store.get(name).catch(() => undefined);
    }
    requests.stop();
    const start = version === 2 ? /\/(?:data|metadata)\/eu\/production\// : /\/eu\/production\//;
    expect(requests.paths.length).toBeGreaterThan(10);
    const outside = requests.paths.filter(
      (path) => !start.test(path) && !path.includes("sys/internal/ui/mounts"),
    );
    expect(outside).toEqual([]);
    // Neither do dots that are left, encoded or not, climb out of it.
    expect(requests.paths.filter((path) => /\/(?:\.|%2e){1,2}(?:\/|$)/iu.test(path))).toEqual([]);
  });

  test("and a policy for the folder hold each other", async () => {
    const rules =
      version === 2
        ? { [`${mount}/data/eu/production/*`]: ["create", "read", "update"] }
        : { [`${mount}/eu/production/*`]: ["create", "read", "update"] };
    const token = await createToken(vault, rules);
    await open("eu/production", token).put("policy", canary.value);
    expect((await open("eu/production", token).get("policy")).text()).toBe(canary.value);
    const other = open("eu/staging", token).get("policy");
    expect((await failureOf(other, canaryOf(token))).code).toBe("PermissionDenied");
  });
});
