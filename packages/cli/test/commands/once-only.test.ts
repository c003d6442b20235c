import { mkdirSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Secret } from "@kinko/core";
import { createCanary, expectClean } from "@kinko/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { exitCodes } from "../../src/exit-codes.js";
import { createHarness, type CliHarness } from "../support/cli.js";

const canary = createCanary();

/** What the fakes were asked for, and the secrets that they gave. */
let calls: string[];
let given: Secret[];
/** Something that happens between the asking and the delivery. */
let meanwhile: () => void;
let cli: CliHarness;
const at = (name: string): string => join(cli.directory, name);

function give(call: string): Secret {
  calls.push(call);
  const secret = Secret.from(canary.value);
  given.push(secret);
  meanwhile();
  return secret;
}

const fakes = {
  wrapping: {
    unwrap: () => Promise.resolve({ data: give("unwrap") }),
    wrapData: () => Promise.resolve({ token: give("wrap") }),
  },
  tokens: {
    create: ({ type }: { readonly type?: string }) => {
      const accessor = type === "batch" ? undefined : "an-accessor";
      return Promise.resolve({ token: give("create"), accessor });
    },
    revoke: (token: Secret) => {
      calls.push(`revoke ${token.text() === canary.value}`);
      return Promise.resolve();
    },
    writeRole: (name: string, role: object) => {
      calls.push(`role ${name} ${JSON.stringify(role)}`);
      return Promise.resolve();
    },
  },
  pki: {
    at: () => fakes.pki,
    issue: () =>
      Promise.resolve({
        privateKey: give("issue"),
        certificate: "new certificate\n",
        chain: ["intermediate\n", "root\n"],
        serialNumber: "01",
        expiresAt: new Date(0),
      }),
  },
};

beforeEach(async () => {
  calls = [];
  given = [];
  meanwhile = () => undefined;
  cli = await createHarness((memory) => {
    const { capabilities } = memory;
    const extensions = { ...capabilities.extensions, ...fakes } as never;
    const faked = { ...capabilities, extensions };
    return new Proxy(memory, {
      get(target, name) {
        if (name === "capabilities") return faked;
        const found: unknown = Reflect.get(target, name, target);
        return typeof found === "function" ? (found.bind(target) as unknown) : found;
      },
    });
  });
});
afterEach(async () => {
  // Whatever became of it: no secret stays in memory.
  for (const secret of given) expect(() => secret.text()).toThrow();
  await cli.remove();
});

const run = (line: string) => cli.run(line.split(" "), { stdin: "a-token" });
const names = async (): Promise<string[]> =>
  (await readdir(cli.directory)).filter((name) => name !== "kinko.config.yaml").sort();

/** Puts something in the way of a file, which shows only when it is to get its name. */
const obstruct = (name: string) => (): void => {
  mkdirSync(at(name));
};

describe("what can be had once only", () => {
  test.each([
    "unwrap --out no/such/folder/f",
    "wrap --stdin --out no/such/folder/f",
    "vault token create --out no/such/folder/f",
    "pki issue web app.example.com --out no/such/folder/f",
  ])("is not asked for when its file cannot be written: %s", async (line) => {
    const result = await run(line);
    expect(result.code).toBe(exitCodes.File);
    expect(result.stderr).toContain("(unwritable-file)");
    expect(calls).toEqual([]);
    expect(await names()).toEqual([]);
  });

  test.each([
    ["unwrap --out f", "unwrap"],
    ["wrap --stdin --out f", "wrap"],
    ["vault token create --type batch --out f", "create"],
  ])("is private in its file, and nothing else is there: %s", async (line, call) => {
    expect((await run(line)).code).toBe(0);
    expect(calls).toEqual([call]);
    expect(await readFile(at("f"), "utf8")).toBe(canary.value);
    expect(await names()).toEqual(["f"]);
  });

  test("leaves no file behind when there was nothing to write", async () => {
    const { unwrap } = fakes.wrapping;
    fakes.wrapping.unwrap = () => Promise.reject(new Error("refused"));
    expect((await run("unwrap --out f")).code).not.toBe(0);
    fakes.wrapping.unwrap = unwrap;
    expect(await names()).toEqual([]);
  });

  test("is erased when it cannot be delivered after all", async () => {
    meanwhile = obstruct("f");
    const result = await run("unwrap --out f");
    expect(result.code).toBe(exitCodes.File);
    expectClean(result.stderr, canary);
    expect(given).toHaveLength(1);
    expect(await names()).toEqual(["f"]);
  });
});

describe("a new token that nobody has got", () => {
  test("is revoked again, and the failure is the one that is told", async () => {
    meanwhile = obstruct("f");
    const result = await run("vault token create --out f");
    expect(result.code).toBe(exitCodes.File);
    expect(calls).toEqual(["create", "revoke true"]);
    expect(result.stderr).toContain("revoked again");
    expectClean(result.stderr, canary);
  });

  test("and cannot be revoked is named by its accessor", async () => {
    meanwhile = obstruct("f");
    const { revoke } = fakes.tokens;
    fakes.tokens.revoke = () => Promise.reject(new Error("down"));
    const result = await run("vault token create --out f");
    fakes.tokens.revoke = revoke;
    expect(result.code).toBe(exitCodes.File);
    expect(result.stderr).toContain("--accessor an-accessor");
  });

  test("of type batch is left to its end: nothing can revoke it", async () => {
    meanwhile = obstruct("f");
    expect((await run("vault token create --type batch --out f")).code).toBe(exitCodes.File);
    expect(calls).toEqual(["create"]);
  });
});

describe("a certificate with its key", () => {
  const old = async (): Promise<void> => {
    for (const name of ["ca", "crt", "key"]) await writeFile(at(`app.${name}`), `old ${name}`);
  };
  const key = (): Promise<string> => readFile(at("app.key"), "utf8");

  test("takes the place of an older one", async () => {
    await old();
    expect((await run("pki issue web app.example.com --out app")).code).toBe(0);
    expect(await key()).toBe(canary.value);
    expect(await readFile(at("app.crt"), "utf8")).toBe("new certificate\nintermediate\n");
    expect(await readFile(at("app.ca"), "utf8")).toBe("root\n");
    expect(await names()).toEqual(["app.ca", "app.crt", "app.key"]);
  });

  test.each(["ca", "crt", "key"])("is not issued when app.%s cannot be replaced", async (name) => {
    await mkdir(at(`app.${name}`));
    const result = await run("pki issue web app.example.com --out app");
    expect(result.code).toBe(exitCodes.File);
    expect(calls).toEqual([]);
    expect(await names()).toEqual([`app.${name}`]);
  });

  test.each(["ca", "crt"])("leaves the old key when app.%s fails after all", async (name) => {
    await writeFile(at("app.key"), "old key");
    meanwhile = obstruct(`app.${name}`);
    expect((await run("pki issue web app.example.com --out app")).code).toBe(exitCodes.File);
    expect(await key()).toBe("old key");
    expect((await names()).filter((each) => each.endsWith(".tmp"))).toEqual([]);
  });
});

describe("a token role", () => {
  test("keeps what the command line does not name", async () => {
    await run("vault token role write ci --period 1h");
    expect(calls).toEqual(['role ci {"periodSeconds":3600}']);
  });

  test("gets what is named", async () => {
    await run("vault token role write ci --policy a --policy b --orphan");
    expect(calls).toEqual(['role ci {"allowedPolicies":["a","b"],"orphan":true}']);
  });
});

test("a chain without a domain is refused in a dry run as well", async () => {
  const result = await run("pki init --dry-run");
  expect(result.code).toBe(exitCodes.Usage);
  expect(result.stderr).toContain("(missing-option)");
  expect((await run("pki init --dry-run --domain example.com")).code).toBe(0);
});
