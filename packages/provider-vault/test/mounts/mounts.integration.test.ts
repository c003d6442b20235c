import { realVault } from "@kinko/servers/vitest";
import { createCanary } from "@kinko/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { openEngines, uniqueName } from "../engine-store.js";
import { failureOf } from "../failures.js";
import { recordRequests } from "../record-requests.js";

const vault = realVault();
const canary = createCanary();
const days90 = 90 * 86_400;

/** A path that is unmounted after the test. */
function freePath(prefix: string): string {
  const path = uniqueName(prefix);
  onTestFinished(async () => void (await vault.request("DELETE", `sys/mounts/${path}`)));
  return path;
}

describe("a mount", () => {
  test("is enabled once, listed, tuned, and disabled when its path is said twice", async () => {
    const mounts = openEngines(vault).as("mounts");
    const path = freePath("team/kv");
    const engine = { type: "kv", options: { version: "2" }, description: "for tests" };
    expect(await mounts.enable(path, engine)).toEqual({ created: true });
    expect(await mounts.enable(path, engine)).toEqual({ created: false });
    for (const other of [{ type: "kv", options: { version: "1" } }, { type: "transit" }]) {
      expect(await failureOf(mounts.enable(path, other), canary)).toMatchObject({
        code: "AlreadyExists",
        reason: "mount-in-use",
        field: "path",
      });
    }
    await mounts.tune(path, { maxTtlSeconds: 3_600, description: "changed" });
    expect(await mounts.read(path)).toMatchObject({
      path,
      type: "kv",
      options: { version: "2" },
      description: "changed",
      maxTtlSeconds: 3_600,
    });
    const requests = recordRequests("sys/mounts");
    const unsure = mounts.disable(path, { confirm: "yes" });
    expect((await failureOf(unsure, canary)).reason).toBe("not-confirmed");
    requests.stop();
    expect(requests.paths).toEqual([]);
    await mounts.disable(path, { confirm: path });
    const calls = [
      () => mounts.read(path),
      () => mounts.disable(path, { confirm: path }),
      () => mounts.tune(path, { maxTtlSeconds: 1 }),
    ];
    for (const call of calls) {
      expect(await failureOf(call(), canary)).toMatchObject({
        code: "NotFound",
        reason: "mount-not-found",
      });
    }
  });

  test("of a type that Vault does not have is refused", async () => {
    const call = openEngines(vault).as("mounts").enable("nope", { type: "nonsense" });
    expect((await failureOf(call, canary)).reason).toBe("unknown-engine-type");
  });
});

describe("KV version 2", () => {
  test("is enabled with the rules of row B7, which then hold", async () => {
    const mount = freePath("kv");
    const store = openEngines(vault, { mount });
    const rules = { maxVersions: 10, casRequired: true, deleteVersionAfterSeconds: days90 };
    const enabled = await store.as("kvAdmin").enable(mount, rules);
    expect(enabled).toEqual({ created: true, rules });
    expect(await store.as("kvAdmin").readConfig(mount)).toEqual(rules);
    const blind = store.put("app", canary.value);
    expect((await failureOf(blind, canary)).reason).toBe("cas-required");
    await store.put("app", canary.value, { ifVersion: "absent" });
    expect(await store.as("kvAdmin").configure(mount, { casRequired: false })).toEqual({
      ...rules,
      casRequired: false,
    });
    expect((await store.as("kvAdmin").enable(mount)).created).toBe(false);
  });

  test("keeps as many versions of one secret as its own rules say", async () => {
    const mount = freePath("kv");
    const store = openEngines(vault, { mount });
    const admin = store.as("kvAdmin");
    await admin.enable(mount);
    const rules = { maxVersions: 2, deleteVersionAfterSeconds: 3_600, metadata: { owner: "a" } };
    expect(await admin.configureSecret(mount, "team/app", rules)).toEqual({
      ...rules,
      casRequired: false,
    });
    for (const value of ["1", "2", "3"]) await store.put("team/app", value);
    expect((await store.versions("team/app")).map(({ id }) => id)).toEqual(["3", "2"]);
    expect(await admin.readSecretConfig(mount, "team/app")).toMatchObject({ maxVersions: 2 });
    const none = admin.readSecretConfig(mount, "team/none");
    expect((await failureOf(none, canary)).code).toBe("NotFound");
    expect((await failureOf(admin.readSecretConfig(mount, "a/../b"), canary)).code).toBe(
      "InvalidRef",
    );
  });

  test("is told from version 1, and from what is not there", async () => {
    const mount = freePath("kv");
    await vault.request("POST", `sys/mounts/${mount}`, { type: "kv" });
    const admin = openEngines(vault).as("kvAdmin");
    expect(await failureOf(admin.readConfig(mount), canary)).toMatchObject({
      code: "Unsupported",
      reason: "kv-version-1",
    });
    expect((await failureOf(admin.enable(mount), canary)).reason).toBe("mount-in-use");
    expect((await failureOf(admin.readConfig(`${mount}-none`), canary)).reason).toBe(
      "mount-not-found",
    );
  });

  test.each([
    [{ maxVersions: -1 }, "maxVersions"],
    [{ maxVersions: 1.5 }, "maxVersions"],
    [{ deleteVersionAfterSeconds: -1 }, "deleteVersionAfterSeconds"],
  ])("with %o is refused before anything is mounted", async (rules, field) => {
    const requests = recordRequests("/v1/");
    const error = await failureOf(openEngines(vault).as("kvAdmin").enable("never", rules), canary);
    requests.stop();
    expect(error).toMatchObject({ code: "InvalidValue", field });
    expect(requests.paths).toEqual([]);
  });
});
