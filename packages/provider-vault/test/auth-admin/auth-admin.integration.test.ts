import { generateKeyPairSync } from "node:crypto";
import { Secret } from "@kinko/core";
import { createKvMount, realVault } from "@kinko/servers/vitest";
import { createCanary } from "@kinko/testing";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { AuthAdminCapability } from "../../src/auth-admin/types.js";
import { openEngines, uniqueName } from "../engine-store.js";
import { failureOf } from "../failures.js";
import { recordRequests } from "../record-requests.js";
import { createPolicy } from "../vault-setup.js";

const vault = realVault();
const mount = createKvMount({ version: 2 });
const canary = createCanary();
const admin = (): AuthAdminCapability => openEngines(vault).as("authAdmin");

beforeAll(async () => {
  await vault.request("POST", `${mount}/data/app`, { data: { value: canary.value } });
});

/** Enables a method at a path of its own, for the calling test. */
async function enable(type: string): Promise<string> {
  const path = uniqueName(type);
  await admin().enable(type, { path });
  onTestFinished(() => admin().disable(path, { confirm: path }));
  return path;
}

describe("auth methods", () => {
  test("are enabled once, listed, tuned, and disabled when the path is said twice", async () => {
    const path = uniqueName("approle");
    const settings = { path, description: "for tests", defaultTtlSeconds: 600 };
    expect(await admin().enable("approle", settings)).toEqual({ created: true });
    expect(await admin().enable("approle", settings)).toEqual({ created: false });
    expect(await failureOf(admin().enable("userpass", { path }), canary)).toMatchObject({
      code: "AlreadyExists",
      reason: "mount-in-use",
      field: "path",
    });
    await admin().tune(path, { maxTtlSeconds: 1_200 });
    expect((await admin().list()).find((each) => each.path === path)).toMatchObject({
      type: "approle",
      description: "for tests",
      defaultTtlSeconds: 600,
      maxTtlSeconds: 1_200,
    });
    const requests = recordRequests(`sys/auth/${path}`);
    for (const confirm of ["", "yes", `${path}x`]) {
      expect(await failureOf(admin().disable(path, { confirm }), canary)).toMatchObject({
        code: "InvalidValue",
        reason: "not-confirmed",
        field: "confirm",
      });
    }
    requests.stop();
    expect(requests.paths).toEqual([]);
    await admin().disable(path, { confirm: path });
    expect((await admin().list()).map((each) => each.path)).not.toContain(path);
    expect(await failureOf(admin().tune(path, { maxTtlSeconds: 1 }), canary)).toMatchObject({
      code: "NotFound",
      reason: "auth-method-not-found",
    });
  });

  test("of a type that Vault does not have are refused", async () => {
    const error = await failureOf(admin().enable("nonsense"), canary);
    expect(error).toMatchObject({ code: "InvalidValue", reason: "unknown-auth-type" });
  });
});

describe("an AppRole", () => {
  test("logs in with its role id and a secret id, without the default policy", async () => {
    const path = await enable("approle");
    const policy = await createPolicy(vault, {
      [`${mount}/data/*`]: ["read"],
      "auth/token/lookup-self": ["read"],
    });
    const roles = admin().appRoles(path);
    await roles.write("app", { policies: [policy], ttlSeconds: 600, secretIdNumUses: 3 });
    expect(await roles.read("app")).toMatchObject({
      policies: [policy],
      defaultPolicy: false,
      ttlSeconds: 600,
      secretIdNumUses: 3,
      bindSecretId: true,
    });
    expect(await roles.list()).toEqual(["app"]);
    const made = await roles.createSecretId("app", { metadata: { host: "a" } });
    expect(made).toMatchObject({ numUses: 3 });
    const store = openEngines(vault, {
      mount,
      auth: {
        method: "approle",
        roleId: await roles.roleId("app"),
        secretId: made.secretId.text(),
        mount: path,
      },
    });
    expect((await store.get("app")).text()).toBe(canary.value);
    const found = await store.as("identity").check({ signal: AbortSignal.timeout(10_000) });
    expect(found.policies).toEqual([policy]);
    expect(await roles.listSecretIds("app")).toEqual([made.accessor]);
    expect(await roles.lookupSecretId("app", made.accessor)).toMatchObject({
      metadata: { host: "a" },
    });
    await roles.destroySecretId("app", made.accessor);
    for (const call of [
      () => roles.destroySecretId("app", made.accessor),
      () => roles.lookupSecretId("app", made.accessor),
    ]) {
      expect(await failureOf(call(), canary)).toMatchObject({
        code: "NotFound",
        reason: "accessor-not-found",
        field: "accessor",
      });
    }
    expect(await roles.listSecretIds("app")).toEqual([]);
  });

  test("hands its secret id over wrapped, and a login opens it", async () => {
    const path = await enable("approle");
    const policy = await createPolicy(vault, { [`${mount}/data/*`]: ["read"] });
    const roles = admin().appRoles(path);
    await roles.write("app", { policies: [policy] });
    const wrapped = await roles.createWrappedSecretId("app", { wrapTtlSeconds: 60 });
    expect(wrapped.creationPath).toBe(`auth/${path}/role/app/secret-id`);
    const auth = {
      method: "approle",
      roleId: await roles.roleId("app"),
      secretId: wrapped.token.text(),
      wrapped: true,
      mount: path,
    } as const;
    expect((await openEngines(vault, { mount, auth }).get("app")).text()).toBe(canary.value);
    const again = openEngines(vault, { mount, auth }).get("app");
    expect((await failureOf(again, canary)).reason).toBe("wrapping-token-used");
  });

  test("that is not there is not found by any call", async () => {
    const roles = admin().appRoles(await enable("approle"));
    expect(await roles.list()).toEqual([]);
    const calls = [
      () => roles.read("nobody"),
      () => roles.delete("nobody"),
      () => roles.roleId("nobody"),
      () => roles.createSecretId("nobody"),
      () => roles.listSecretIds("nobody"),
    ];
    for (const call of calls) {
      expect(await failureOf(call(), canary)).toMatchObject({
        code: "NotFound",
        reason: "role-not-found",
        field: "role",
      });
    }
  });

  test.each([
    [{ ttlSeconds: -1 }, "ttlSeconds"],
    [{ ttlSeconds: 10, maxTtlSeconds: 5 }, "ttlSeconds"],
    [{ type: "batch" as const, numUses: 1 }, "numUses"],
    [{ type: "batch" as const, periodSeconds: 60 }, "periodSeconds"],
    [{ secretIdTtlSeconds: 0.5 }, "secretIdTtlSeconds"],
  ])("with %o is refused before anything is changed", async (settings, field) => {
    const requests = recordRequests("auth/");
    const error = await failureOf(admin().appRoles().write("app", settings), canary);
    requests.stop();
    expect(error).toMatchObject({ code: "InvalidValue", field });
    expect(requests.paths).toEqual([]);
  });
});

test("a user logs in by the password, which no answer and no error holds", async () => {
  const path = await enable("userpass");
  const users = admin().users(path);
  const password = createCanary();
  const policy = await createPolicy(vault, { [`${mount}/data/*`]: ["read"] });
  expect(await failureOf(users.write("ada", { policies: [policy] }), password)).toMatchObject({
    code: "InvalidValue",
    field: "password",
  });
  await users.write("ada", { policies: [policy], password: Secret.text(password.value) });
  expect(await users.read("ada")).toMatchObject({ policies: [policy], defaultPolicy: false });
  const auth = {
    method: "userpass",
    username: "ada",
    password: password.value,
    mount: path,
  } as const;
  expect((await openEngines(vault, { mount, auth }).get("app")).text()).toBe(canary.value);
  expect(await users.list()).toEqual(["ada"]);
  await users.delete("ada");
  expect((await failureOf(users.read("ada"), password)).reason).toBe("user-not-found");
});

describe("roles in Vault's own words", () => {
  test("of JWT", async () => {
    const roles = admin().roles("jwt", await enable("jwt"));
    const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
    const key = publicKey.export({ type: "spki", format: "pem" });
    await roles.configure({ jwt_validation_pubkeys: [key], bound_issuer: "https://a.example" });
    expect(await roles.readConfig()).toMatchObject({ bound_issuer: "https://a.example" });
    const unbound = roles.write("ci", {}, { role_type: "jwt", user_claim: "sub" });
    expect((await failureOf(unbound, canary)).reason).toBe("unbound-role");
    const settings = { role_type: "jwt", user_claim: "sub", bound_audiences: ["vault"] };
    await roles.write("ci", { policies: ["ci"], ttlSeconds: 300 }, settings);
    const read = await roles.read("ci");
    expect(read.token).toMatchObject({ policies: ["ci"], ttlSeconds: 300, defaultPolicy: false });
    expect(read.settings).toMatchObject({ bound_audiences: ["vault"] });
    expect(await roles.list()).toEqual(["ci"]);
    await roles.delete("ci");
    expect((await failureOf(roles.read("ci"), canary)).code).toBe("NotFound");
  });

  test("of Kubernetes", async () => {
    const roles = admin().roles("kubernetes", await enable("kubernetes"));
    await roles.configure({ kubernetes_host: "https://127.0.0.1:1", disable_local_ca_jwt: true });
    const settings = {
      bound_service_account_names: ["app"],
      bound_service_account_namespaces: ["shop"],
    };
    await roles.write("app", { policies: ["app"] }, settings);
    expect((await roles.read("app")).settings).toMatchObject(settings);
  });

  test("win nothing over those of Kinko", async () => {
    const roles = admin().roles("kubernetes", await enable("kubernetes"));
    const settings = {
      bound_service_account_names: ["app"],
      bound_service_account_namespaces: ["shop"],
      token_no_default_policy: false,
    };
    await roles.write("app", {}, settings);
    expect((await roles.read("app")).token.defaultPolicy).toBe(false);
    const bad = roles.write("app", {}, { "a/b": 1 });
    expect((await failureOf(bad, canary)).field).toBe("settings");
  });
});

describe("identity", () => {
  test("an entity and its alias are made, changed and removed", async () => {
    const { entities } = admin();
    const [name, path] = [uniqueName("ada"), await enable("userpass")];
    const id = await entities.write(name, { metadata: { team: "x" }, policies: ["p"] });
    onTestFinished(async () => void (await vault.request("DELETE", `identity/entity/id/${id}`)));
    expect(await entities.write(name, { metadata: { team: "y" } })).toBe(id);
    const accessor = (await admin().list()).find((each) => each.path === path)?.accessor ?? "";
    const alias = await entities.writeAlias({ entityId: id, name: "ada", mountAccessor: accessor });
    expect(await entities.read(name)).toMatchObject({
      id,
      metadata: { team: "y" },
      policies: ["p"],
      aliases: [{ id: alias, name: "ada", mountAccessor: accessor }],
    });
    expect(await entities.list()).toContain(name);
    await entities.deleteAlias(alias);
    expect((await entities.read(name)).aliases).toEqual([]);
    const lost = entities.writeAlias({ entityId: id, name: "ada", mountAccessor: "nope" });
    expect((await failureOf(lost, canary)).field).toBe("mountAccessor");
    await entities.delete(name);
    expect((await failureOf(entities.read(name), canary)).reason).toBe("entity-not-found");
  });

  test("a group gives its policies to its members", async () => {
    const { entities, groups } = admin();
    const [entity, name] = [uniqueName("ada"), uniqueName("team")];
    const id = await entities.write(entity, {});
    const groupId = await groups.write(name, { memberEntityIds: [id], policies: ["team"] });
    expect(await groups.read(name)).toMatchObject({
      id: groupId,
      type: "internal",
      memberEntityIds: [id],
      policies: ["team"],
    });
    expect((await entities.read(entity)).groupIds).toEqual([groupId]);
    expect(await groups.list()).toContain(name);
    const other = groups.write(name, { type: "external" });
    expect((await failureOf(other, canary)).reason).toBe("group-type-fixed");
    await groups.delete(name);
    await entities.delete(entity);
  });

  test("an external group is tied to one of an auth method", async () => {
    const { groups } = admin();
    const [name, path] = [uniqueName("team"), await enable("userpass")];
    const groupId = await groups.write(name, { type: "external" });
    const mountAccessor = (await admin().list()).find((each) => each.path === path)?.accessor ?? "";
    expect(await groups.writeAlias({ groupId, name: "admins", mountAccessor })).toMatch(/\S/u);
    await groups.delete(name);
  });
});
