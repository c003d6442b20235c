import { createCanary, expectClean, FakeClock } from "@kinko/testing";
import { describe, expect, test } from "vitest";
import { connectionBody } from "../../src/database/connection-body.js";
import { DatabaseEngine } from "../../src/database/engine.js";
import type { DatabaseRole, PostgresConnection } from "../../src/database/types.js";
import { HeldLeases } from "../../src/dynamic/held-leases.js";
import { VaultLeases } from "../../src/dynamic/leases.js";
import { fakeTransit as fakeEngine, answer } from "../transit/fake-client.js";
import { failureOf } from "../failures.js";
import { testContext } from "../support.js";

const canary = createCanary();
const create = `CREATE ROLE "{{name}}" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'`;
const role: DatabaseRole = { connection: "app", creationStatements: [create] };
const postgres: PostgresConnection = {
  type: "postgresql",
  host: "db.example.com",
  database: "app",
  username: "vault",
  password: canary.value,
  allowedRoles: ["readonly"],
};
const { signal } = new AbortController();

function engineOf(respond: Parameters<typeof fakeEngine>[0] = () => answer(204)) {
  const { context, requests } = fakeEngine(respond);
  const client = context.client as never;
  const engine = new DatabaseEngine({ client, context: testContext() }, "database");
  return { engine, leases: new VaultLeases(client, new HeldLeases(new FakeClock())), requests };
}

describe("refused before any request", () => {
  test.each<[string, Partial<DatabaseRole>, string]>([
    [
      "default-above-maximum",
      { defaultTtlSeconds: 7_200, maxTtlSeconds: 3_600 },
      "defaultTtlSeconds",
    ],
    ["bad-ttl", { defaultTtlSeconds: 0 }, "defaultTtlSeconds"],
    ["bad-ttl", { defaultTtlSeconds: -1 }, "defaultTtlSeconds"],
    ["bad-ttl", { maxTtlSeconds: 1.5 }, "maxTtlSeconds"],
    ["bad-ttl", { maxTtlSeconds: Number.POSITIVE_INFINITY }, "maxTtlSeconds"],
    ["invalid-name", { connection: "a/b" }, "connection"],
    [
      "name-not-quoted",
      { revocationStatements: ["DROP ROLE {{name}}"] },
      "revocationStatements[0]",
    ],
  ])("a role: %s", async (reason, change, field) => {
    const { engine, requests } = engineOf();
    const error = await failureOf(engine.createRole("readonly", { ...role, ...change }), canary);
    expect(error).toMatchObject({ reason, field });
    expect(requests).toEqual([]);
  });

  test.each(["", ".", "..", "a/b", "a b", "%2e%2e", "a?list=true", "ä"])(
    "the name %j",
    async (name) => {
      const { engine, requests } = engineOf();
      for (const call of [
        engine.createRole(name, role),
        engine.readRole(name),
        engine.rotateRoot(name),
        engine.configureConnection(name, postgres),
        engine.deleteStaticRole(name),
      ]) {
        expect(await failureOf(call, canary)).toMatchObject({ code: "InvalidRef" });
      }
      expect(requests).toEqual([]);
    },
  );

  test.each<[string, Partial<PostgresConnection>]>([
    ["host", { host: "db.example.com/other?sslmode=disable" }],
    ["host", { host: "a@b" }],
    ["host", { host: "" }],
    ["port", { port: 0 }],
    ["database", { database: "" }],
    ["sslMode", { sslMode: "prefer" as never }],
    ["username", { username: "{{password}}" }],
    ["password", { password: "" }],
    ["allowedRoles", { allowedRoles: [] }],
    ["allowedRoles", { allowedRoles: ["a/b"] }],
  ])("a connection whose %s is bad", async (field, change) => {
    const { engine, requests } = engineOf();
    const call = engine.configureConnection("app", { ...postgres, ...change });
    const error = await failureOf(call, canary);
    expect(error.field).toBe(field);
    expect(["InvalidValue", "InvalidRef"]).toContain(error.code);
    expect(requests).toEqual([]);
  });

  test.each([
    `postgresql://root:${canary.value}@db/app`,
    `root:${canary.value}@tcp(db:3306)/`,
    `host=db password=${canary.value}`,
  ])("a connection URL with a login in it", async (url) => {
    const { engine, requests } = engineOf();
    const call = engine.configureConnection("app", {
      type: "plugin",
      pluginName: "mysql-database-plugin",
      allowedRoles: ["*"],
      options: { connection_url: url },
    });
    expect(await failureOf(call, canary)).toMatchObject({ reason: "credentials-in-url" });
    expect(requests).toEqual([]);
  });

  test.each(["", "readonly", "sys/seal", "auth/token/create", "database/creds/..", "a//b"])(
    "credentials at %j",
    async (path) => {
      const { leases, requests } = engineOf();
      expect(await failureOf(leases.issue({ path }, { signal }), canary)).toMatchObject({
        code: "InvalidRef",
      });
      expect(requests).toEqual([]);
    },
  );
});

test("the connection to PostgreSQL checks its server, and has the login beside the URL", () => {
  const body = connectionBody({ ...postgres, database: "my app", host: "::1" });
  expect(body).toMatchObject({
    plugin_name: "postgresql-database-plugin",
    connection_url:
      "postgresql://{{username}}:{{password}}@[::1]:5432/my%20app?sslmode=verify-full",
    username: "vault",
    verify_connection: true,
  });
});

test("what is not given is written as none, since Vault would keep an earlier value", async () => {
  const { engine, requests } = engineOf();
  await engine.createRole("readonly", role);
  await engine.createStaticRole("fixed", {
    connection: "app",
    username: "a",
    rotationPeriodSeconds: 60,
  });
  await engine.configureConnection("app", postgres);
  const [dynamic, fixed, connection] = requests.map(({ body }) => body);
  expect(dynamic).toEqual({
    db_name: "app",
    creation_statements: [create],
    revocation_statements: [],
    renew_statements: [],
    rollback_statements: [],
    default_ttl: 0,
    max_ttl: 0,
  });
  expect(fixed).toMatchObject({ rotation_statements: [] });
  expect(connection).toMatchObject({
    password_policy: "",
    root_rotation_statements: [],
    tls_ca: "",
    max_open_connections: 0,
  });
});

test("other plugins take their own options", () => {
  const url = "{{username}}:{{password}}@tcp(db:3306)/";
  expect(
    connectionBody({
      type: "plugin",
      pluginName: "mysql-database-plugin",
      username: "vault",
      password: canary.value,
      allowedRoles: ["app-*"],
      options: { connection_url: url },
    }),
  ).toMatchObject({ connection_url: url, plugin_name: "mysql-database-plugin" });
});

test("a connection that others made with a login in its URL is read without the URL", async () => {
  const connection_url = `postgresql://root:${canary.value}@db/app`;
  const { engine } = engineOf(() =>
    answer(200, { plugin_name: "p", connection_details: { connection_url, username: "root" } }),
  );
  const info = await engine.readConnection("app");
  expectClean(info, canary);
  expect(info).toMatchObject({ username: "root", connectionUrl: undefined });
});

test.each([
  [400, "unknown role: x", "NotFound", "role-not-found"],
  [
    500,
    `1 error occurred:\n\t* "x" is not an allowed role`,
    "PermissionDenied",
    "role-not-allowed",
  ],
  [500, `failed to find entry for connection with name: "x"`, "NotFound", "connection-not-found"],
  [
    500,
    "dial tcp 127.0.0.1:5432: connect: connection refused",
    "Unavailable",
    "database-unreachable",
  ],
  [
    400,
    "failed to renew entry: FATAL: terminating (SQLSTATE 57P01)",
    "Unavailable",
    "database-unreachable",
  ],
  [
    500,
    "FATAL: password authentication failed (SQLSTATE 28P01)",
    "Unavailable",
    "database-login-failed",
  ],
  [500, "failed to execute query: ERROR (SQLSTATE 42601)", "Config", "statement-failed"],
  [400, "lease not found", "LeaseExpired", "lease-ended"],
  [400, "lease is not renewable", "Unsupported", "not-renewable"],
  [500, "something new", "Unavailable", "server-error"],
])("Vault's %i %j is %s", async (status, message, code, reason) => {
  const { leases } = engineOf(() => answer(status, undefined, [`${message} ${canary.value}`]));
  const call = leases.issue({ path: "database/creds/x" }, { signal });
  expect(await failureOf(call, canary)).toMatchObject({ code, reason });
});

test("what is not leased is no credential", async () => {
  const { leases } = engineOf(() => ({ ...answer(200, { value: "x" }), body: { lease_id: "" } }));
  const call = leases.issue({ path: "secret/data/app" }, { signal });
  expect(await failureOf(call, canary)).toMatchObject({ code: "Unsupported", reason: "no-lease" });
});
