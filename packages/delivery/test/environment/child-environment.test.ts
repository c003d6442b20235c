import { createCanary, expectClean } from "@kinko/testing";
import { describe, expect, test } from "vitest";
import { childEnvironment, mergeEnvironments } from "../../src/index.js";
import { environmentOf } from "../support/memory-store.js";

const parent = { HOME: "/home/a", DB: "of the parent", UNSET: undefined };

describe("the environment of a child", () => {
  test("is the parent's with the secrets, which win", () => {
    expect({ ...childEnvironment(environmentOf({ DB: "s", KEY: "k" }), { parent }) }).toEqual({
      HOME: "/home/a",
      DB: "s",
      KEY: "k",
    });
  });

  test("has nothing of the parent when it is to be pristine", () => {
    const child = childEnvironment(environmentOf({ KEY: "k" }), { parent, pristine: true });
    expect({ ...child }).toEqual({ KEY: "k" });
  });

  test("keeps the parent's variables where they are preserved", () => {
    const secrets = environmentOf({ DB: "s", HOME: "h", KEY: "k" });
    expect({ ...childEnvironment(secrets, { parent, preserveEnv: true }) }).toEqual({
      HOME: "/home/a",
      DB: "of the parent",
      KEY: "k",
    });
    expect({ ...childEnvironment(secrets, { parent, preserveEnv: ["DB"] }) }).toEqual({
      HOME: "h",
      DB: "of the parent",
      KEY: "k",
    });
  });

  test("has only the secrets that were chosen", () => {
    const secrets = environmentOf({ A: "a", B: "b" });
    expect({ ...childEnvironment(secrets, { parent: {}, onlySecrets: ["B"] }) }).toEqual({
      B: "b",
    });
    expect(() => childEnvironment(secrets, { parent: {}, onlySecrets: ["X", "B", "Y"] })).toThrow(
      "There is no secret for X, Y.",
    );
  });

  test("does not get what opens the store", () => {
    const child = childEnvironment(environmentOf({}), {
      parent: {
        KINKO_PROVIDER: "vault",
        KINKO_LOCAL_PASSPHRASE: "p",
        VAULT_TOKEN: "t",
        APPROLE_SECRET: "s",
        VAULT_ADDR: "https://vault",
      },
      stripNames: ["APPROLE_SECRET"],
    });
    expect({ ...child }).toEqual({ VAULT_ADDR: "https://vault" });
  });

  test("gets a token that is itself one of the secrets", () => {
    const child = childEnvironment(environmentOf({ VAULT_TOKEN: "for the child" }), {
      parent: { VAULT_TOKEN: "own" },
      preserveEnv: true,
    });
    expect({ ...child }).toEqual({ VAULT_TOKEN: "for the child" });
  });

  test("has `__proto__` as a plain name", () => {
    const child = childEnvironment(
      environmentOf(JSON.parse('{"__proto__":"x"}') as Record<string, string>),
      { parent: {} },
    );
    expect(Object.entries(child)).toEqual([["__proto__", "x"]]);
  });

  test("is refused by strict when there is no secret, or a variable is there already", () => {
    expect(() => childEnvironment(environmentOf({}), { parent, strict: true })).toThrow(
      expect.objectContaining({ code: "Config", reason: "no-secrets" }),
    );
    const secrets = environmentOf({ DB: "s", HOME: "h", KEY: "k" });
    expect(() => childEnvironment(secrets, { parent, strict: true })).toThrow(
      "The environment already has DB, HOME.",
    );
    const settled = { parent, strict: true, preserveEnv: ["DB", "HOME"] };
    expect(childEnvironment(secrets, settled)["DB"]).toBe("of the parent");
    expect(childEnvironment(secrets, { parent, strict: true, pristine: true })["DB"]).toBe("s");
  });

  test.each([
    ["binary", (value: string) => Buffer.from(value), "binary-value"],
    ["NUL", (value: string) => `${value}\0`, "nul-in-value"],
  ])("refuses %s without quoting it", (_name, make, reason) => {
    const canary = createCanary();
    let failure: unknown;
    try {
      childEnvironment(environmentOf({ KEY: make(canary.value) }), { parent });
    } catch (error) {
      failure = error;
    }
    expect(failure).toMatchObject({ code: "InvalidValue", reason });
    expect((failure as Error).message).toContain("KEY (test/KEY)");
    expectClean(failure, canary);
  });
});

describe("merging", () => {
  test("joins and sorts, and owns the values", () => {
    const first = environmentOf({ B: "b" });
    const merged = mergeEnvironments([first, environmentOf({ A: "a" })]);
    expect(merged.variables.map(({ name }) => name)).toEqual(["A", "B"]);
    merged.dispose();
    expect(() => first.variables[0]?.value.text()).toThrow(
      expect.objectContaining({ code: "Closed" }),
    );
  });

  test("refuses one name from two sources, naming both", () => {
    expect(() => mergeEnvironments([environmentOf({ A: "1" }), environmentOf({ A: "2" })])).toThrow(
      "test/A and test/A would both become the variable A.",
    );
  });
});
