import { describe, expect, test } from "vitest";
import { createCanary, expectClean, FakeClock } from "@kinko/testing";
import { createMemoryProvider } from "@kinko/testing/memory";
import { createStore, Secret, systemClock } from "../../src/index.js";
import type { Clock, SecretProvider, SecretStore } from "../../src/index.js";
import { failureOf, limited } from "../support/limited.js";

const canary = createCanary();

const native = (): SecretProvider => createMemoryProvider();
const byCheckAndSet = (): SecretProvider => limited(createMemoryProvider(), { without: ["patch"] });
const neither = (): SecretProvider =>
  limited(createMemoryProvider(), { without: ["patch", "checkAndSet"] });

describe.each([
  ["native", native],
  ["by check-and-set", byCheckAndSet],
])("patch, %s", (_name, driver) => {
  const make = (): SecretStore => createStore("memory", driver());

  test("sets, replaces and removes fields, and leaves the others", async () => {
    const store = make();
    await store.put("a", { keep: [1], change: 1, drop: true });
    const { version } = await store.patch("a", {
      change: { deep: "x" },
      drop: null,
      add: Secret.text("secret"),
    });
    expect(version).toBe("2");
    expect((await store.get("a")).text()).toBe('{"add":"secret","change":{"deep":"x"},"keep":[1]}');
  });

  test("takes JSON secrets as values, and refuses binary ones", async () => {
    const store = make();
    await store.put("a", {});
    await store.patch("a", { list: Secret.json([1, 2]) });
    expect((await store.get("a#list")).json()).toEqual([1, 2]);
    const error = await failureOf(
      store.patch("a", { bin: Secret.binary(Buffer.from(canary.value)) }),
    );
    expect(error).toMatchObject({
      code: "InvalidValue",
      reason: "binary-field",
      provider: "memory",
      operation: "patch",
      ref: "a",
    });
    expectClean(error, canary);
  });

  test.each([[undefined], [10n], [2 ** 60], [Number.NaN], [new Date(0)]])(
    "refuses the value %s, which JSON would drop or change",
    async (value) => {
      const store = make();
      await store.put("a", { keep: 1 });
      expect(await failureOf(store.patch("a", { bad: value }))).toMatchObject({
        code: "InvalidValue",
        operation: "patch",
        ref: "a",
      });
      expect((await store.get("a")).fieldNames()).toEqual(["keep"]);
    },
  );

  test("keeps keys that JavaScript gives a meaning as plain keys", async () => {
    const store = make();
    await store.put("a", { x: 1 });
    await store.patch(
      "a",
      JSON.parse('{"__proto__":{"polluted":1},"constructor":"c"}') as Record<string, unknown>,
    );
    expect((await store.get("a")).text()).toBe(
      '{"__proto__":{"polluted":1},"constructor":"c","x":1}',
    );
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
    await store.patch("a", JSON.parse('{"__proto__":null}') as Record<string, unknown>);
    expect((await store.get("a")).fieldNames()).toEqual(["constructor", "x"]);
  });

  test.each([
    ["text", "text"],
    ["binary", Buffer.from("b")],
    ["an array", [1]],
  ])("refuses a secret that is %s", async (_kind, value) => {
    const store = make();
    await store.put("a", value);
    expect(await failureOf(store.patch("a", { b: canary.value }))).toMatchObject({
      code: "InvalidValue",
      operation: "patch",
      ref: "a",
    });
  });

  test("does not create, does not resurrect", async () => {
    const store = make();
    expect(await failureOf(store.patch("a", { b: 1 }))).toMatchObject({
      code: "NotFound",
      operation: "patch",
    });
    await store.put("a", { b: 1 });
    await store.delete("a");
    expect(await failureOf(store.patch("a", { b: 1 }))).toMatchObject({
      code: "Deleted",
      operation: "patch",
    });
  });

  test("holds to the version that was expected", async () => {
    const store = make();
    await store.put("a", { b: 1 });
    await store.put("a", { b: 2 });
    expect(await failureOf(store.patch("a", { b: 3 }, { ifVersion: "1" }))).toMatchObject({
      code: "Conflict",
      operation: "patch",
    });
    await store.patch("a", { b: 3 }, { ifVersion: "2" });
    expect((await store.get("a#b")).json()).toBe(3);
  });

  test("loses nothing when many change different fields", async () => {
    const store = make();
    await store.put("a", {});
    await Promise.all(Array.from({ length: 8 }, (_, n) => store.patch("a", { [`f${n}`]: n })));
    expect((await store.get("a")).fieldNames()).toHaveLength(8);
  });
});

describe("put of a single field", () => {
  test("creates the secret, and later changes nothing but the field", async () => {
    const store = createStore("memory", native());
    await store.put("a#user", "app");
    await store.put("a#password", canary.value);
    await store.put("a#list", [1]);
    expect((await store.get("a")).fieldNames()).toEqual(["list", "password", "user"]);
    expect(await store.versions("a")).toHaveLength(3);
  });

  test("takes JSON null as a value, which only patch takes as a removal", async () => {
    const store = createStore("memory", createMemoryProvider());
    await store.put("a", { b: 1, c: 2 });
    await store.put("a#b", Secret.json(null));
    expect((await store.get("a")).text()).toBe('{"b":null,"c":2}');
    expect((await store.get("a#b")).json()).toBe(null);
  });

  test("writes tags with it", async () => {
    const store = createStore("memory", native());
    await store.put("a#user", "app", { tags: { owner: "me" } });
    expect((await store.get("a")).metadata?.tags).toEqual({ owner: "me" });
  });

  test("with absent, fails when there is a secret", async () => {
    const store = createStore("memory", native());
    await store.put("a#user", "app", { ifVersion: "absent" });
    expect(await failureOf(store.put("a#other", "x", { ifVersion: "absent" }))).toMatchObject({
      code: "AlreadyExists",
      operation: "put",
    });
    expect((await store.get("a")).fieldNames()).toEqual(["user"]);
  });

  test("fails as put when the value does not fit", async () => {
    const store = createStore("memory", native());
    await store.put("a", "text");
    expect(await failureOf(store.put("a#b", canary.value))).toMatchObject({
      code: "InvalidValue",
      operation: "put",
      ref: "a",
    });
    expect(await failureOf(store.put("a#b", Buffer.from("x")))).toMatchObject({
      code: "InvalidValue",
      reason: "binary-field",
      operation: "put",
    });
  });

  test("checks the size of the whole secret", async () => {
    const store = createStore("memory", createMemoryProvider({ maxValueBytes: 30 }));
    await store.put("a#one", "x".repeat(15));
    expect(await failureOf(store.put("a#two", "x".repeat(15)))).toMatchObject({
      code: "TooLarge",
      operation: "put",
    });
  });
});

describe("a lost race", () => {
  /** A driver before which somebody else writes, `times` times, between read and write. */
  function contended(times: number): SecretProvider {
    const memory = createMemoryProvider();
    let left = times;
    return limited(memory, {
      without: ["patch"],
      methods: {
        put: async (ref, value, options) => {
          if (options.ifVersion !== undefined && left > 0) {
            left -= 1;
            await memory.put(ref, Secret.json({ other: left }), { signal: options.signal });
          }
          return memory.put(ref, value, options);
        },
      },
    });
  }

  test("is repeated on what the winner wrote", async () => {
    const store = createStore("memory", contended(3));
    await store.put("a", { start: 1 });
    await store.patch("a", { mine: 1 });
    expect((await store.get("a")).text()).toBe('{"mine":1,"other":0}');
  });

  test("is repeated also when the other one created the secret", async () => {
    const store = createStore("memory", contended(1));
    await store.put("a#mine", "x");
    expect((await store.get("a")).text()).toBe('{"mine":"x","other":0}');
  });

  test("is given up after thirty times, as Conflict, with pauses that grow", async () => {
    const pausesMs: number[] = [];
    const clock: Clock = {
      ...systemClock,
      sleep: async (delayMs) => {
        pausesMs.push(delayMs);
      },
    };
    const store = createStore("memory", contended(30), { clock });
    await store.put("a", { start: 1 });
    expect(await failureOf(store.patch("a", { mine: 1 }))).toMatchObject({
      code: "Conflict",
      operation: "patch",
    });
    expect((await store.get("a")).text()).toBe('{"other":0}');
    expect(pausesMs).toHaveLength(27);
    expect(Math.max(...pausesMs)).toBeLessThanOrEqual(200);
  });

  test("is won in the end by each of twenty writers in lock-step", async () => {
    const store = createStore("memory", byCheckAndSet());
    await store.put("a", {});
    await Promise.all(Array.from({ length: 20 }, (_, index) => store.put(`a#f${index}`, "x")));
    expect((await store.get("a")).fieldNames()).toHaveLength(20);
  });

  test("is not repeated when a version was asked for", async () => {
    const store = createStore("memory", contended(1));
    await store.put("a", { start: 1 });
    expect(await failureOf(store.patch("a", { mine: 1 }, { ifVersion: "1" }))).toMatchObject({
      code: "Conflict",
    });
  });

  test("does not stretch the deadline: all attempts share it", async () => {
    const clock = new FakeClock();
    const memory = createMemoryProvider({ latencyMs: 300 }, { clock });
    const store = createStore("memory", limited(memory, { without: ["patch"] }), {
      clock,
      timeoutMs: 500,
    });
    const failure = failureOf(store.put("a#b", "x"));
    await clock.advance(500);
    const error = await failure;
    expect(error).toMatchObject({ code: "Timeout", operation: "put" });
    expect(String(error)).toContain("within 500 ms");
  });
});

describe("without patch and check-and-set", () => {
  test("a change of one field is refused, unless a lost update is accepted", async () => {
    const store = createStore("memory", neither());
    await store.put("a", { b: 1 });
    expect(await failureOf(store.patch("a", { b: 2 }))).toMatchObject({
      code: "Unsupported",
      reason: "no-patch",
      operation: "patch",
    });
    expect(await failureOf(store.put("a#b", "2"))).toMatchObject({
      code: "Unsupported",
      reason: "no-patch",
      operation: "put",
    });
    await store.patch("a", { b: 2 }, { nonAtomic: true });
    expect((await store.get("a#b")).json()).toBe(2);
  });
});
