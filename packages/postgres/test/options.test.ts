import { createCanary, expectClean, type Canary } from "@kinko/testing";
import { describe, expect, test, vi } from "vitest";
import { isSecretError, type SecretError } from "@kinko/core";
import { createRotatingPool, type RotatingPoolOptions } from "../src/index.js";
import { FakeHandle } from "./fake-handle.js";

const canary = createCanary();
const sound = { host: "db", database: "shop" };

function refusalOf(options: Record<string, unknown>, secret: Canary = canary): SecretError {
  try {
    createRotatingPool(options as unknown as RotatingPoolOptions);
  } catch (error) {
    expectClean(error, secret);
    if (isSecretError(error)) return error;
    throw error;
  }
  throw new Error("It was not refused.");
}

function poolRefusal(pool: Record<string, unknown>): SecretError {
  return refusalOf({ handle: new FakeHandle(), pool });
}

describe("options are refused before anything happens", () => {
  test("a user or a password, which could only be one that does not change", () => {
    for (const name of ["user", "password"]) {
      expect(poolRefusal({ ...sound, [name]: canary.value })).toMatchObject({
        code: "Config",
        reason: "own-credentials",
        field: `pool.${name}`,
      });
    }
  });

  test("a connection string with credentials in any form, or one that is none", () => {
    const refused: Record<string, string> = {
      [`postgres://app:${canary.value}@db/shop`]: "own-credentials",
      [`postgres://:${canary.value}@db/shop`]: "own-credentials",
      [`postgres://app@db/shop`]: "own-credentials",
      [`postgres://db/shop?password=${canary.value}`]: "own-credentials",
      [`postgres://db/shop?user=${canary.value}`]: "own-credentials",
      [`postgres://db:${canary.value}/shop`]: "bad-connection-string",
      [`postgres://db/shop?sslrootcert=/nowhere/${canary.value}`]: "bad-connection-string",
    };
    for (const [connectionString, reason] of Object.entries(refused)) {
      expect(poolRefusal({ connectionString })).toMatchObject({
        code: "Config",
        reason,
        field: "pool.connectionString",
      });
    }
  });

  test("no database, where pg would take the name of the login that changes", () => {
    vi.stubEnv("PGDATABASE", "");
    for (const pool of [{ host: "db" }, { connectionString: "postgres://db" }, undefined]) {
      expect(refusalOf({ handle: new FakeHandle(), pool })).toMatchObject({
        code: "Config",
        reason: "missing-database",
        field: "pool.database",
      });
    }
    vi.stubEnv("PGDATABASE", "shop");
    expect(() => createRotatingPool({ handle: new FakeHandle() })).not.toThrow();
    vi.unstubAllEnvs();
  });

  test("sizes and times that are none", () => {
    for (const max of [0, -1, 1.5, Number.NaN, "10"]) {
      expect(poolRefusal({ ...sound, max })).toMatchObject({
        reason: "bad-size",
        field: "pool.max",
      });
    }
    for (const name of ["connectionTimeoutMillis", "idleTimeoutMillis", "maxLifetimeSeconds"]) {
      expect(poolRefusal({ ...sound, [name]: -1 })).toMatchObject({
        reason: "bad-duration",
        field: `pool.${name}`,
      });
    }
    expect(refusalOf({ handle: new FakeHandle(), pool: sound, drainTimeoutMs: -1 })).toMatchObject({
      reason: "bad-duration",
      field: "drainTimeoutMs",
    });
  });

  test("a handle that is none, and options that there are not", () => {
    expect(refusalOf({ pool: sound })).toMatchObject({ reason: "bad-handle", field: "handle" });
    expect(refusalOf({ handle: { current: () => canary.value }, pool: sound })).toMatchObject({
      reason: "bad-handle",
    });
    expect(refusalOf({ handle: new FakeHandle(), ...sound })).toMatchObject({
      reason: "unknown-option",
      field: "host",
    });
  });
});

test("a connection string without credentials leaves the login to the handle", () => {
  const pool = createRotatingPool({
    handle: new FakeHandle(),
    pool: { connectionString: "postgres://db:5433/shop?application_name=till&ssl=true", max: 3 },
  });
  expect(pool.options).toMatchObject({
    host: "db",
    port: "5433",
    database: "shop",
    application_name: "till",
    ssl: true,
    max: 3,
  });
  for (const name of ["connectionString", "user", "password"]) {
    expect(pool.options).not.toHaveProperty(name);
  }
});
