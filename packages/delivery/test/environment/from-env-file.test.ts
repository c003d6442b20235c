import { createCanary, expectClean } from "@kinko/testing";
import { expect, test } from "vitest";
import { environmentFromEnvFile } from "../../src/index.js";
import { memoryStore, textsOf } from "../support/memory-store.js";

const secrets = {
  "prod/db": { user: "app", password: "p@ss/word" },
  "prod/key": "${kinko://prod/db}",
};

test("whole values and parts in braces are replaced, the rest stays", async () => {
  const environment = await environmentFromEnvFile(
    memoryStore(secrets),
    [
      "LOG_LEVEL=info",
      "PASSWORD=kinko://prod/db#password",
      'URL="postgres://${kinko://prod/db#user}:${kinko://prod/db#password}@db/app"',
    ].join("\n"),
  );
  expect(textsOf(environment)).toEqual({
    LOG_LEVEL: "info",
    PASSWORD: "p@ss/word",
    URL: "postgres://app:p@ss/word@db/app",
  });
});

test("what a secret holds is not searched again", async () => {
  const environment = await environmentFromEnvFile(
    memoryStore(secrets),
    "A=kinko://prod/key\nB=x${kinko://prod/key}",
  );
  expect(textsOf(environment)).toEqual({ A: "${kinko://prod/db}", B: "x${kinko://prod/db}" });
});

test("a version can be named", async () => {
  const store = memoryStore({ key: "old" });
  await store.put("key", "new");
  expect(textsOf(await environmentFromEnvFile(store, "A=kinko://key@1\nB=kinko://key"))).toEqual({
    A: "old",
    B: "new",
  });
});

test("a reference inside a text needs braces", async () => {
  await expect(
    environmentFromEnvFile(memoryStore(secrets), "A=1\nURL=db:kinko://prod/db#password@host"),
  ).rejects.toThrow(/^Line 2 of the env file has a reference inside URL/u);
});

test("everything that is missing is named at once", async () => {
  await expect(
    environmentFromEnvFile(
      memoryStore(secrets),
      "A=kinko://x\nB=${kinko://y}-${kinko://prod/db#z}",
    ),
  ).rejects.toThrow(
    "3 secrets are missing: A (x: NotFound), B (y: NotFound), B (prod/db#z: NotFound).",
  );
});

test("a name that is refused names its line", async () => {
  await expect(
    environmentFromEnvFile(memoryStore(secrets), "A=1\nLD_PRELOAD=/x.so", { label: ".env" }),
  ).rejects.toThrow(/^line 2 of \.env would become LD_PRELOAD/u);
});

test("a wrong reference is refused before anything is read", async () => {
  let calls = 0;
  const store = memoryStore(secrets, { beforeCall: () => void (calls += 1) });
  await expect(environmentFromEnvFile(store, "A=kinko://prod/../db")).rejects.toMatchObject({
    code: "InvalidRef",
  });
  expect(calls).toBe(0);
});

test("binary inside a text is refused without its value", async () => {
  const canary = createCanary();
  const store = memoryStore({ key: Buffer.from(canary.value) });
  const failure: unknown = await environmentFromEnvFile(store, "A=x${kinko://key}").catch(
    (error: unknown) => error,
  );
  expect(failure).toMatchObject({ code: "InvalidValue", reason: "binary-value" });
  expectClean(failure, canary);
});
