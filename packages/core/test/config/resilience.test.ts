import { describe, expect, test } from "vitest";
import { configJsonSchema, loadConfig } from "../../src/config/index.js";
import { createStore, defineConfig } from "../../src/index.js";
import type { KinkoConfig, ResilienceOptions } from "../../src/index.js";
import { createMemoryProvider } from "@kinko/testing/memory";
import { mergeResilience } from "../../src/resilience/merge-options.js";
import { folder } from "../support/folder.js";
import { failureOf } from "../support/limited.js";

async function problemOf(yaml: string): Promise<unknown> {
  return failureOf(loadConfig({ cwd: await folder({ "kinko.config.yaml": yaml }), env: {} }));
}

describe("the block `resilience` of a config", () => {
  test("takes every setting, for all entries and for one", async () => {
    const config = defineConfig({
      provider: "vault",
      providers: {
        vault: {
          resilience: { cache: { ttlSeconds: 5 }, failover: ["aws"], failoverWrites: true },
        },
      },
      resilience: {
        retry: { maxRetries: 2, firstDelaySeconds: 0.5, maxDelaySeconds: 4, jitterRatio: 0 },
        breaker: { failures: 3, openSeconds: 10 },
        cache: {
          ttlSeconds: 30,
          maxStaleSeconds: 600,
          refreshAheadRatio: 0.5,
          staleWaitSeconds: 2,
          maxEntries: 10,
          maxBytes: 1_000,
          paths: [{ prefix: "prod", ttlSeconds: 5, maxStaleSeconds: 0 }],
        },
      },
    });
    const loaded = await loadConfig({ config, env: {} });
    expect(loaded.config).toEqual(config);
  });

  test.each([
    ["resilience: off\n", "resilience"],
    ["resilience:\n  retry: 3\n", "resilience.retry"],
  ])("refuses %j", async (yaml, option) => {
    expect(await problemOf(yaml)).toMatchObject({ code: "Config", reason: "invalid-option" });
    expect(String(await problemOf(yaml))).toContain(option);
  });

  test("names what is unknown, where it is, and what was probably meant", async () => {
    const error = await problemOf("resilience:\n  cache:\n    ttlSecond: 5\n");
    expect(error).toMatchObject({ code: "Config", reason: "unknown-option" });
    expect(String(error)).toContain(
      'kinko.config.yaml:3:5: unknown option "resilience.cache.ttlSecond"',
    );
    expect(String(error)).toContain('Did you mean "ttlSeconds"?');
  });

  test("names a number that makes no sense", async () => {
    const error = await problemOf("resilience:\n  cache:\n    maxEntries: 0\n");
    expect(error).toMatchObject({ code: "Config", reason: "invalid-option" });
    expect(String(error)).toContain('"resilience.cache.maxEntries" must be at least 1');
  });

  test("is part of the schema for editors", async () => {
    const schema = JSON.stringify(await configJsonSchema());
    for (const word of ["maxStaleSeconds", "firstDelaySeconds", "openSeconds", "failover"]) {
      expect(schema).toContain(word);
    }
  });
});

describe("layers of settings", () => {
  test("go from general to special, setting by setting, and `false` turns a part off", () => {
    expect(
      mergeResilience(
        { cache: {} },
        { cache: { ttlSeconds: 5, maxEntries: 2 }, retry: { maxRetries: 1 } },
        { cache: { ttlSeconds: 7 }, retry: false },
      ),
    ).toEqual({ cache: { ttlSeconds: 7, maxEntries: 2 }, retry: false });
    expect(mergeResilience({ cache: {} }, false)).toBe(false);
    expect(mergeResilience(false, { retry: { maxRetries: 1 } })).toEqual({
      retry: { maxRetries: 1 },
      breaker: false,
      cache: false,
    });
  });
});

describe("options of createStore", () => {
  const open = (resilience: unknown): (() => unknown) => {
    const options = { resilience: resilience as ResilienceOptions };
    return () => createStore("memory", createMemoryProvider(), options);
  };

  test.each([
    [{ cache: { maxEntries: 0 } }, "resilience.cache.maxEntries"],
    [{ cache: { maxBytes: 0.5 } }, "resilience.cache.maxBytes"],
    [{ cache: { ttlSeconds: 0 } }, "resilience.cache.ttlSeconds"],
    [{ cache: { ttlSeconds: Number.NaN } }, "resilience.cache.ttlSeconds"],
    [{ cache: { ttlSeconds: "60" } }, "resilience.cache.ttlSeconds"],
    [{ cache: { ttlSeconds: 60, maxStaleSeconds: 59 } }, "maxStaleSeconds"],
    [{ cache: { paths: [{ prefix: "a", ttlSeconds: 7_200 }] } }, undefined],
    [{ cache: { maxStaleSeconds: 100, paths: [{ prefix: "a", ttlSeconds: 101 }] } }, "paths.0"],
    [{ cache: { paths: [{ prefix: "a" }, { prefix: "a/" }] } }, "paths.1.prefix"],
    [{ retry: { maxRetries: -1 } }, "resilience.retry.maxRetries"],
    [{ retry: { jitterRatio: 2 } }, "resilience.retry.jitterRatio"],
    [{ breaker: { failures: 0 } }, "resilience.breaker.failures"],
    [{ breaker: { openSeconds: Infinity } }, "resilience.breaker.openSeconds"],
    [{ retrys: false }, "resilience.retrys"],
    [{ retry: true }, "resilience.retry"],
    [[], "resilience"],
  ])("%j is refused with advice", (resilience, word) => {
    if (word === undefined) {
      expect(open(resilience)).not.toThrow();
      return;
    }
    expect(open(resilience)).toThrow(
      expect.objectContaining({
        code: "Config",
        message: expect.stringContaining(word) as string,
        advice: expect.any(String) as string,
      }) as Error,
    );
  });
});

test("a config of another shape is still typed", () => {
  const config: KinkoConfig = { resilience: false };
  expect(config.resilience).toBe(false);
});
