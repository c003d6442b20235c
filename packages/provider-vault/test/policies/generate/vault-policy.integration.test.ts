import { accessOperations, defineAccess, type AccessOperation } from "@kinko/core/access";
import { isSecretError, type SecretStore } from "@kinko/core";
import { createCanary } from "@kinko/testing";
import { beforeAll, describe, expect, test } from "vitest";
import { vaultPolicyFor } from "../../../src/policies/index.js";
import { openEngines } from "../../engine-store.js";
import { failureOf } from "../../failures.js";
import { PresetServer, type Row } from "../presets/use-presets.js";
import { metadataLimits } from "./manifest-oracle.js";

const server = new PresetServer();
const { mount } = server;
const canary = createCanary();

/** What the application of these tests uses. */
const manifest = defineAccess({
  application: "payments",
  access: [
    { secret: "prod/payments/db#password" },
    { secret: "prod/payments/session", operations: ["get", "put", "versions"] },
    { secret: "prod/payments/export", operations: ["put"] },
    { folder: "prod/payments/keys", operations: ["get", "list"] },
    { folder: "prod/shared", operations: ["list"] },
    { secret: "prod/payments/old", operations: ["delete", "undelete"] },
    { secret: { path: ["prod", "o'neil & co", 'a "quoted" {name}'] } },
  ],
});

beforeAll(() =>
  server.seed([
    "prod/payments/db",
    "prod/payments/db2",
    "prod/payments/session",
    "prod/payments/export",
    "prod/payments/keys/stripe",
    "prod/payments/keys/eu/adyen",
    "prod/payments/keys2/stripe",
    "prod/payments/old",
    "prod/payments/other",
    "prod/shared/tls",
    "prod/orders/db",
    "prod/o'neil%20%26%20co/a%20%22quoted%22%20%7Bname%7D",
    "staging/payments/db",
  ]),
);

describe("the policy of a manifest on a real server", () => {
  const allowed: readonly Row[] = [
    ["allowed", "read", "KV/data/prod/payments/db"],
    ["allowed", "read", "KV/data/prod/payments/session"],
    ["allowed", "update", "KV/data/prod/payments/session"],
    ["allowed", "read", "KV/metadata/prod/payments/session"],
    ["allowed", "update", "KV/data/prod/payments/export"],
    ["allowed", "read", "KV/data/prod/payments/keys/stripe"],
    ["allowed", "read", "KV/data/prod/payments/keys/eu/adyen"],
    ["allowed", "list", "KV/metadata/prod/payments/keys"],
    ["allowed", "list", "KV/metadata/prod/payments/keys/eu"],
    ["allowed", "list", "KV/metadata/prod/shared"],
    ["allowed", "delete", "KV/data/prod/payments/old"],
    ["allowed", "update", "KV/undelete/prod/payments/old"],
  ];
  const nearMisses: readonly Row[] = [
    ["denied", "update", "KV/data/prod/payments/db"],
    ["denied", "patch", "KV/data/prod/payments/db"],
    ["denied", "delete", "KV/data/prod/payments/db"],
    ["denied", "read", "KV/metadata/prod/payments/db"],
    ["denied", "read", "KV/subkeys/prod/payments/db"],
    ["denied", "read", "KV/data/prod/payments/db2"],
    ["denied", "read", "KV/data/prod/payments/db/below"],
    ["denied", "read", "KV/data/prod/payments"],
    ["denied", "list", "KV/metadata/prod/payments"],
    ["denied", "list", "KV/metadata/prod"],
    ["denied", "list", "KV/metadata"],
    ["denied", "delete", "KV/data/prod/payments/session"],
    ["denied", "delete", "KV/metadata/prod/payments/session"],
    ["denied", "update", "KV/metadata/prod/payments/session"],
    ["denied", "update", "KV/destroy/prod/payments/session"],
    ["denied", "read", "KV/data/prod/payments/export"],
    ["denied", "update", "KV/data/prod/payments/keys/stripe"],
    ["denied", "create", "KV/data/prod/payments/keys/new"],
    ["denied", "read", "KV/metadata/prod/payments/keys/stripe"],
    ["denied", "read", "KV/data/prod/payments/keys2/stripe"],
    ["denied", "list", "KV/metadata/prod/payments/keys2"],
    ["denied", "read", "KV/data/prod/shared/tls"],
    ["denied", "read", "KV/data/prod/payments/old"],
    ["denied", "update", "KV/data/prod/payments/old"],
    ["denied", "update", "KV/destroy/prod/payments/old"],
    ["denied", "read", "KV/data/prod/payments/other"],
    ["denied", "read", "KV/data/prod/orders/db"],
    ["denied", "read", "KV/data/staging/payments/db"],
    ["denied", "read", "KV/config"],
    ["denied", "read", "sys/mounts"],
    ["denied", "update", "auth/token/create"],
    ["denied", "read", "auth/token/lookup-self"],
    ["denied", "update", "sys/capabilities-self"],
  ];
  const holder = server.holderOf(() => [
    { name: "payments", policy: vaultPolicyFor(manifest, { mount }) },
  ]);
  server.checkTable(holder, allowed);
  server.checkTable(holder, nearMisses);

  test("reads a name with quotes, braces and spaces through Kinko, and no neighbour", async () => {
    const store = openEngines(server.vault, { mount, kvVersion: 2, token: holder().token });
    const path = ["prod", "o'neil & co", 'a "quoted" {name}'];
    expect((await store.get({ path })).text()).toBe("of a test");
    const neighbour = store.get({ path: ["prod", "o'neil & co", "a"] });
    expect((await failureOf(neighbour, canary)).code).toBe("PermissionDenied");
  });
});

describe("the token's care of itself", () => {
  server.checkTable(
    server.holderOf(() => [
      { name: "self-service", policy: vaultPolicyFor(manifest, { mount, selfService: true }) },
    ]),
    [
      ["allowed", "read", "auth/token/lookup-self"],
      ["denied", "update", "auth/token/lookup"],
      ["denied", "update", "auth/token/create"],
      ["denied", "update", "auth/token/revoke-orphan"],
      ["denied", "update", "sys/capabilities"],
    ],
  );
});

describe("the right to write tags", () => {
  const holder = server.holderOf(() => [
    {
      name: "tags",
      policy: vaultPolicyFor(
        defineAccess({
          application: "tags",
          access: [
            { folder: "tagged", operations: ["tags", "versions"] },
            { secret: "tagged/db", operations: ["purge"] },
            { secret: "alone/db", operations: ["tags"] },
          ],
        }),
        { mount },
      ),
    },
  ]);

  describe.each(["tagged/other", "tagged/db", "tagged/new", "alone/db"])("of %s", (name) => {
    const tags = { custom_metadata: { team: "payments" } };

    test.each([[tags, true], ...metadataLimits.map((body) => [body, false] as const)] as const)(
      "has %j: %s",
      async (body, expected) => {
        // What is not there is made by the request.
        await server.vault.request("DELETE", `${mount}/metadata/tagged/new`);
        if (name !== "tagged/new") await server.seed([name]);
        const path = `${mount}/metadata/${name}`;
        const operation = name === "tagged/new" ? "create" : "update";
        const { allowed } = holder().compiled.can({ operation, path, parameters: body });
        const status = await server.attempt(holder(), { operation, path, body });
        expect({ allowed, status }).toEqual({ allowed: expected, status: expected ? 204 : 403 });
      },
    );
  });

  server.checkTable(holder, [
    ["allowed", "read", "KV/metadata/tagged/db"],
    ["denied", "read", "KV/metadata/alone/db"],
    ["denied", "update", "KV/data/tagged/db"],
    ["allowed", "delete", "KV/metadata/tagged/db"],
  ]);
});

describe("a policy with one operation alone", () => {
  const version = { path: ["one", "app"], version: "1" } as const;
  /** Each operation of Kinko, on a secret with two versions of which the first is deleted. */
  const calls: Readonly<Record<AccessOperation, (store: SecretStore) => Promise<unknown>>> = {
    get: (store) => store.get("one/app"),
    put: (store) => store.put("one/app", "of a test"),
    patch: (store) => store.patch("one/app", { field: "of a test" }),
    delete: (store) => store.delete("one/app"),
    list: (store) => first(store.list({ prefix: "one" })),
    tags: (store) => store.put("one/app", "of a test", { tags: { team: "payments" } }),
    versions: (store) => store.versions("one/app"),
    deleteVersion: (store) => store.delete({ ...version, version: "2" }),
    undelete: (store) => store.undelete(version),
    destroy: (store) => store.delete(version, { mode: "purge" }),
    purge: (store) => store.delete("one/app", { mode: "purge" }),
  };
  /** What an operation of Kinko needs beside its own right. */
  const needs: Readonly<Partial<Record<AccessOperation, readonly AccessOperation[]>>> = {
    tags: ["put"],
  };

  /** What is allowed with an operation because it is a part of it. */
  const contained: Readonly<Partial<Record<AccessOperation, readonly AccessOperation[]>>> = {
    patch: ["get", "put"],
    purge: ["versions"],
  };

  describe.each(accessOperations)("%s", (operation) => {
    const granted: readonly AccessOperation[] = [operation, ...(needs[operation] ?? [])];
    const holder = server.holderOf(() => [
      {
        name: `one-${operation.toLowerCase()}`,
        policy: vaultPolicyFor(
          defineAccess({
            application: "one",
            access: [
              operation === "list"
                ? { folder: "one", operations: granted }
                : { secret: "one/app", operations: granted },
            ],
          }),
          { mount },
        ),
      },
    ]);
    const open = (): SecretStore =>
      openEngines(server.vault, { mount, kvVersion: 2, token: holder().token });

    async function renew(): Promise<void> {
      await server.vault.request("DELETE", `${mount}/metadata/one/app`);
      await server.ok("POST", `${mount}/data/one/app`, { data: { field: "of a test" } });
      await server.ok("POST", `${mount}/data/one/app`, { data: { field: "of a test" } });
      await server.ok("POST", `${mount}/delete/one/app`, { versions: [1] });
    }

    test("is enough for it", async () => {
      await renew();
      await expect(calls[operation](open())).resolves.not.toThrow();
    });

    const others = accessOperations.filter(
      (other) => !granted.includes(other) && !(contained[operation] ?? []).includes(other),
    );
    test.each(others)("does not allow %s", async (other) => {
      await renew();
      const error = await failureOf(calls[other](open()), canary);
      expect(isSecretError(error, "PermissionDenied")).toBe(true);
    });
  });
});

async function first<T>(items: AsyncIterable<T>): Promise<T | undefined> {
  for await (const item of items) return item;
  return undefined;
}
