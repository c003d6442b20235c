import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { serversCacheFolder } from "../src/cache-folder.js";
import { ServerUnavailableError } from "../src/errors.js";
import { programFromImage } from "../src/vault/container-image.js";
import { externalVault } from "../src/vault/external.js";
import { findVaultBinary, prepareVaultBinary } from "../src/vault/find.js";
import { fakeProgram } from "./fake-program.js";
import { temporaryFolder } from "./temporary-folder.js";

const silent = (): void => undefined;

function emptyMachine(): { bin: string; environment: NodeJS.ProcessEnv } {
  const bin = temporaryFolder();
  return { bin, environment: { PATH: `${bin}:/usr/bin:/bin`, XDG_CACHE_HOME: temporaryFolder() } };
}

test("takes a HashiCorp Vault 1.x from PATH", async () => {
  const { bin, environment } = emptyMachine();
  fakeProgram(bin, "vault", "echo 'Vault v1.20.4 (abc), built 2025-09-23T13:22:38Z'");
  expect(await findVaultBinary({ environment })).toEqual({
    path: join(bin, "vault"),
    version: "1.20.4",
    source: "PATH",
  });
});

test("passes over another program called vault", async () => {
  const { bin, environment } = emptyMachine();
  fakeProgram(bin, "vault", "echo 'OpenBao v2.4.1 (abc), built 2025-09-08T13:22:38Z'");
  expect(await findVaultBinary({ environment })).toBeUndefined();
});

test("takes the program out of the container image where an engine answers, and keeps it", async () => {
  const { bin, environment } = emptyMachine();
  const image = temporaryFolder();
  fakeProgram(image, "vault", "echo 'Vault v1.21.1 (abc)'");
  const script = `case "$1" in info) ;; create) echo 4f5e;; cp) cp ${image}/vault "$3";; esac`;
  fakeProgram(bin, "docker", `echo "$*" >> ${image}/log; ${script}`);
  const cacheFolder = serversCacheFolder(environment);
  const options = { version: "1.21.1", cacheFolder, progress: silent, environment };

  expect(await programFromImage({ ...options, platform: "darwin" })).toBeUndefined();
  const path = await programFromImage({ ...options, platform: "linux" });
  expect(readFileSync(join(image, "log"), "utf8").split("\n")).toEqual([
    "info",
    "create docker.io/hashicorp/vault:1.21.1",
    expect.stringMatching(/^cp 4f5e:\/bin\/vault .*\.partial$/),
    "rm 4f5e",
    "",
  ]);
  expect(await findVaultBinary({ environment })).toEqual({
    path,
    version: "1.21.1",
    source: "container image",
  });
});

test("goes on without an image when the engine's daemon does not answer", async () => {
  const { bin, environment } = emptyMachine();
  fakeProgram(bin, "docker", "exit 1");
  fakeProgram(bin, "podman", "exit 1");
  const cacheFolder = serversCacheFolder(environment);
  const options = { version: "1.21.1", cacheFolder, progress: silent, environment };
  expect(await programFromImage({ ...options, platform: "linux" })).toBeUndefined();
});

test("says what to install when there is no Vault, no engine and no Go", async () => {
  const bin = temporaryFolder();
  const environment = { PATH: bin, XDG_CACHE_HOME: temporaryFolder() };
  const failure = prepareVaultBinary({ environment, progress: silent });
  await expect(failure).rejects.toThrow(ServerUnavailableError);
  await expect(failure).rejects.toThrow(/Install Go 1\.25 or newer/);
});

test("refuses an address in the environment without a token", async () => {
  const environment = { KINKO_TEST_VAULT_ADDR: "http://127.0.0.1:9" };
  await expect(externalVault(environment)).rejects.toThrow(/without KINKO_TEST_VAULT_TOKEN/);
  expect(await externalVault({})).toBeUndefined();
});

test("refuses an address in the environment at which nothing answers, without showing the token", async () => {
  const token = "hvs.canary-4711";
  const environment = {
    KINKO_TEST_VAULT_ADDR: "http://127.0.0.1:9",
    KINKO_TEST_VAULT_TOKEN: token,
  };
  const failure = externalVault(environment);
  await expect(failure).rejects.toThrow(/does not answer/);
  await expect(failure).rejects.not.toThrow(token);
});
