import { realVault } from "@kinko/servers/vitest";
import { canaryOf } from "@kinko/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import type { TokensCapability } from "../../src/tokens/types.js";
import { openEngines, uniqueName } from "../engine-store.js";
import { failureOf } from "../failures.js";
import { recordRequests } from "../record-requests.js";
import { createAppRole, createPolicy, createToken } from "../vault-setup.js";

const vault = realVault();
const rootCanary = canaryOf(vault.token);
const tokens = (token?: string): TokensCapability =>
  openEngines(vault, token === undefined ? {} : { token }).as("tokens");

/** Writes and reads with it, so that it is proved to be one. */
async function expectWorks(token: string): Promise<void> {
  const info = await tokens(token).lookupSelf();
  expect(info.ttlSeconds).toBeGreaterThan(0);
}

const selfRules = {
  "auth/token/lookup-self": ["read"],
  "auth/token/renew-self": ["update"],
  "auth/token/revoke-self": ["update"],
} as const;

describe("a service token", () => {
  test("is made, used, renewed and revoked, and leaves the default policy out", async () => {
    const policy = await createPolicy(vault, selfRules);
    const made = await tokens().create({
      policies: [policy],
      ttlSeconds: 600,
      metadata: { team: "payments" },
      displayName: "worker",
    });
    expect(made).toMatchObject({ type: "service", policies: [policy], ttlSeconds: 600 });
    const text = made.token.text();
    const canary = canaryOf(text);
    await expectWorks(text);
    const info = await tokens().lookup(made.token);
    expect(info).toMatchObject({
      accessor: made.accessor,
      metadata: { team: "payments" },
      displayName: "token-worker",
    });
    expect(JSON.stringify(info)).not.toContain(text);
    expect(await tokens().lookupAccessor(made.accessor ?? "")).toMatchObject({ type: "service" });
    expect((await tokens().renew(made.token, { incrementSeconds: 900 })).ttlSeconds).toBe(900);
    expect((await tokens(text).renewSelf({ incrementSeconds: 700 })).ttlSeconds).toBe(700);
    const byAccessor = await tokens().renewAccessor(made.accessor ?? "", { incrementSeconds: 800 });
    expect(byAccessor.ttlSeconds).toBe(800);
    expect(await tokens().listAccessors()).toContain(made.accessor);
    await tokens().revoke(made.token);
    const error = await failureOf(tokens().lookup(made.token), canary);
    expect(error).toMatchObject({ code: "NotFound", reason: "token-not-found", field: "token" });
  });

  test("that is not there does not make the store doubt its own token and log in again", async () => {
    const role = await createAppRole(vault, {
      "auth/token/lookup": ["update"],
      "auth/token/lookup-self": ["read"],
    });
    const requests = recordRequests(`auth/${role.mount}/login`);
    const secretId = await role.secretId();
    const auth = { method: "approle", roleId: role.roleId, secretId, mount: role.mount } as const;
    const store = openEngines(vault, { auth }).as("tokens");
    for (let n = 0; n < 3; n += 1) {
      const error = await failureOf(store.lookup("hvs.nobody"), rootCanary);
      expect(error).toMatchObject({ code: "NotFound", reason: "token-not-found" });
    }
    expect((await store.lookupSelf()).path).toBe(`auth/${role.mount}/login`);
    requests.stop();
    expect(requests.paths).toHaveLength(1);
  });

  test("ends by its accessor, by itself, or without its children", async () => {
    const byAccessor = await tokens().create({ ttlSeconds: 600 });
    await tokens().revokeAccessor(byAccessor.accessor ?? "");
    expect((await failureOf(tokens().lookup(byAccessor.token), rootCanary)).code).toBe("NotFound");
    const again = tokens().revokeAccessor(byAccessor.accessor ?? "");
    expect(await failureOf(again, rootCanary)).toMatchObject({
      code: "NotFound",
      reason: "accessor-not-found",
    });

    const policy = await createPolicy(vault, selfRules);
    const self = await tokens().create({ ttlSeconds: 600, policies: [policy] });
    await tokens(self.token.text()).revokeSelf();
    expect((await failureOf(tokens().lookup(self.token), rootCanary)).code).toBe("NotFound");

    const parent = await tokens().create({ ttlSeconds: 600 });
    const child = await tokens(parent.token.text()).create({ ttlSeconds: 600 });
    await tokens().revokeOrphan(parent.token);
    expect(await tokens().lookup(child.token)).toMatchObject({ orphan: true });
    await tokens().revoke(child.token);
  });

  test("without a parent outlives the one that made it, and a child does not", async () => {
    const parent = await tokens().create({ ttlSeconds: 600 });
    const child = await tokens(parent.token.text()).create({ ttlSeconds: 600 });
    const orphan = await tokens(parent.token.text()).create({ ttlSeconds: 600, orphan: true });
    await tokens().revoke(parent.token);
    expect((await failureOf(tokens().lookup(child.token), rootCanary)).code).toBe("NotFound");
    expect(await tokens().lookup(orphan.token)).toMatchObject({ orphan: true });
    await tokens().revoke(orphan.token);
  });

  test("with a period gets it again at each renewal, whatever is asked for", async () => {
    const made = await tokens().create({ periodSeconds: 600 });
    expect(await tokens().lookup(made.token)).toMatchObject({ periodSeconds: 600 });
    expect((await tokens().renew(made.token, { incrementSeconds: 60 })).ttlSeconds).toBe(600);
    await tokens().revoke(made.token);
  });

  test("that was made not to be renewed says so", async () => {
    const made = await tokens().create({ ttlSeconds: 600, renewable: false });
    const error = await failureOf(tokens().renew(made.token), canaryOf(made.token.text()));
    expect(error).toMatchObject({ code: "Unsupported", reason: "token-not-renewable" });
    await tokens().revoke(made.token);
  });
});

describe("a batch token", () => {
  test("is made and used, has no accessor, and is refused what Vault cannot do with it", async () => {
    const policy = await createPolicy(vault, selfRules);
    const made = await tokens().create({ type: "batch", policies: [policy], ttlSeconds: 600 });
    expect(made).toMatchObject({ type: "batch", accessor: undefined, renewable: false });
    const text = made.token.text();
    await expectWorks(text);
    const canary = canaryOf(text);
    const requests = recordRequests("auth/token/re");
    expect(await failureOf(tokens().renew(made.token), canary)).toMatchObject({
      code: "Unsupported",
      reason: "batch-token-not-renewable",
      field: "token",
    });
    expect(await failureOf(tokens().revoke(made.token), canary)).toMatchObject({
      code: "Unsupported",
      reason: "batch-token-not-revocable",
    });
    expect(requests.paths).toEqual([]);
    expect(await failureOf(tokens(text).renewSelf(), canary)).toMatchObject({
      code: "Unsupported",
      reason: "batch-token-not-renewable",
    });
    expect(requests.paths).toHaveLength(1);
    requests.stop();
  });

  test.each([{ periodSeconds: 60 }, { numUses: 1 }, { renewable: true }])(
    "cannot have %o, and no request is made",
    async (option) => {
      const requests = recordRequests("auth/token/create");
      const error = await failureOf(tokens().create({ type: "batch", ...option }), rootCanary);
      requests.stop();
      expect(error).toMatchObject({ code: "InvalidValue", field: Object.keys(option)[0] });
      expect(requests.paths).toEqual([]);
    },
  );
});

describe("a token role", () => {
  test("is written, read, listed, used and deleted", async () => {
    const name = uniqueName("role");
    const policy = await createPolicy(vault, selfRules);
    onTestFinished(async () => void (await vault.request("DELETE", `auth/token/roles/${name}`)));
    await tokens().writeRole(name, { allowedPolicies: [policy], type: "batch", orphan: true });
    expect(await tokens().readRole(name)).toMatchObject({
      allowedPolicies: [policy],
      type: "batch",
      orphan: true,
      defaultPolicy: false,
    });
    expect(await tokens().listRoles()).toContain(name);
    const made = await tokens().create({ type: "batch", role: name, policies: [policy] });
    expect(made).toMatchObject({ type: "batch", orphan: true, policies: [policy] });
    const other = tokens().create({ role: name, policies: ["another"] });
    expect(await failureOf(other, rootCanary)).toMatchObject({
      code: "PermissionDenied",
      reason: "policies-not-allowed",
      field: "policies",
    });
    await tokens().deleteRole(name);
    const calls = [
      () => tokens().readRole(name),
      () => tokens().deleteRole(name),
      () => tokens().create({ role: name }),
    ];
    for (const call of calls) {
      const error = await failureOf(call(), rootCanary);
      expect(error).toMatchObject({ code: "NotFound", reason: "role-not-found", field: "role" });
    }
  });

  test.each(["", "..", "a/b", "a..b", "\u0000"])("cannot be called %j", async (name) => {
    const error = await failureOf(tokens().readRole(name), rootCanary);
    expect(error).toMatchObject({ code: "InvalidRef", field: "role" });
  });
});

test("what a policy forbids is a denial, and nothing else", async () => {
  const token = await createToken(vault, { "secret/data/x": ["read"] });
  const error = await failureOf(tokens(token).listAccessors(), canaryOf(token));
  expect(error).toMatchObject({ code: "PermissionDenied", operation: "listAccessors" });
  expect((await failureOf(tokens(token).lookup(vault.token), rootCanary)).code).toBe(
    "PermissionDenied",
  );
});

test("a token with a line break never gets near a header", async () => {
  const token = `${vault.token}\nX: y`;
  expect(await failureOf(tokens().lookup(token), rootCanary)).toMatchObject({
    code: "InvalidValue",
    reason: "malformed-token",
  });
});

test("what ended tokens left is cleaned on demand", async () => {
  await expect(tokens().tidy()).resolves.toBeUndefined();
});

test("a token is handed over wrapped, and nobody sees it on the way", async () => {
  const policy = await createPolicy(vault, selfRules);
  const store = openEngines(vault);
  const wrapped = await store
    .as("tokens")
    .createWrapped({ policies: [policy], ttlSeconds: 600, wrapTtlSeconds: 60 });
  expect(wrapped).toMatchObject({ creationPath: "auth/token/create", ttlSeconds: 60 });
  const opened = await store.as("wrapping").unwrap(wrapped.token, {
    expectCreationPath: "auth/token/create",
  });
  expect(opened.accessor).toBe(wrapped.wrappedAccessor);
  await expectWorks(opened.token?.text() ?? "");
});
