import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore, type SecretStore } from "@kinko/core";
import { realMoto } from "@kinko/servers/vitest";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { motoClient, removeBeneath } from "./moto-harness.js";

const { address } = realMoto();
const prefix = `kinko-test/${randomBytes(6).toString("hex")}/`;
afterAll(() => removeBeneath(motoClient(address), prefix));

async function open(config: string, env: Readonly<Record<string, string>>): Promise<SecretStore> {
  const directory = mkdtempSync(join(tmpdir(), "kinko-aws-config-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  writeFileSync(join(directory, "kinko.config.yaml"), config);
  const store = await openStore({
    cwd: directory,
    env,
    importProvider: async () => import("../src/index.js"),
  });
  onTestFinished(() => store.close());
  return store;
}

test("a config file and AWS's variables are all that an application needs", async () => {
  const config = `provider: aws\nproviders:\n  aws:\n    region: eu-central-1\n    prefix: ${prefix}\n`;
  const store = await open(config, {
    AWS_ENDPOINT_URL: address,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    KINKO_AWS_READ_TAGS: "false",
    KINKO_AWS_RECOVERY_WINDOW_DAYS: "7",
  });
  await store.put("prod/app/db", { user: "app", password: "s3cret" }, { tags: { owner: "a" } });
  const password = await store.get("prod/app/db#password");
  expect(password.text()).toBe("s3cret");
  expect(password.metadata?.tags).toEqual({});
  await store.put("prod/app/db", { user: "app", password: "new" });
  const before = await store.get("prod/app/db#password@stage:AWSPREVIOUS");
  expect(before.text()).toBe("s3cret");
});

test("an option that is none is named with its line, and a credential is never quoted", async () => {
  const config =
    "provider: aws\nproviders:\n  aws:\n    regoin: eu-central-1\n    credentials: { accessKeyId: s3cret }\n";
  const failure: unknown = await open(config, {}).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: "Config" });
  expect(String(failure)).toMatch(/regoin/u);
  expect(String(failure)).not.toContain("s3cret");
});
