import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname, isAbsolute, join } from "node:path";
import { Secret } from "@kinko/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  defaultIdentityFile,
  generateIdentity,
  initLocalStore,
  inspectPermissions,
} from "@kinko/provider-local/admin";
import { failureOf } from "./failure.js";
import { createTestStore, privateFolder, type TestStore } from "./store-harness.js";

let directory: string;
beforeEach(async () => {
  directory = await privateFolder();
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const mode = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

describe("initLocalStore", () => {
  test("creates store and identity that only their owner can use", async () => {
    const created = await initLocalStore({ directory, env: { HOME: directory } });
    expect(created).toEqual({
      file: join(directory, ".kinko/store.age"),
      identityFile: join(directory, ".config/kinko/identity.txt"),
      identityCreated: true,
      recipient: expect.stringMatching(/^age1[a-z0-9]{58}$/u) as string,
      recipients: [created.recipient],
    });
    for (const path of [created.file, created.identityFile as string]) {
      expect(await mode(path)).toBe(0o600);
      expect(await mode(dirname(path))).toBe(0o700);
    }
  });

  test("never overwrites a store, whatever is in it", async () => {
    const options = { directory, env: { HOME: directory } };
    const { file } = await initLocalStore(options);
    const before = await readFile(file);
    expect(await failureOf(initLocalStore(options))).toMatchObject({
      code: "AlreadyExists",
      reason: "store-exists",
    });
    await writeFile(file, "");
    expect((await failureOf(initLocalStore(options))).reason).toBe("store-exists");
    expect(before.byteLength).toBeGreaterThan(100);
  });

  test("creates one store when several try at the same time", async () => {
    const options = { directory, env: { HOME: directory } };
    const results = await Promise.allSettled(
      Array.from({ length: 5 }, () => initLocalStore(options)),
    );
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const findings = await inspectPermissions(options);
    expect(findings.every(({ ok }) => ok)).toBe(true);
  });

  test("uses an identity that is there, for a second store", async () => {
    const env = { HOME: directory };
    const first = await initLocalStore({ directory, env });
    const before = await readFile(first.identityFile as string);
    const second = await initLocalStore({ directory, env, file: "second.age" });
    expect(second).toMatchObject({ identityCreated: false, recipient: first.recipient });
    expect(await readFile(first.identityFile as string)).toEqual(before);
  });

  test("uses KINKO_IDENTITY and then writes no identity file", async () => {
    const { content, recipient } = await generateIdentity();
    const line = content.text().split("\n")[2] as string;
    const created = await initLocalStore({
      directory,
      env: { HOME: directory, KINKO_IDENTITY: line },
    });
    expect(created).toMatchObject({ recipient, identityCreated: false, identityFile: undefined });
    await expect(stat(join(directory, ".config"))).rejects.toMatchObject({ code: "ENOENT" });
  });

  test("refuses an identity that others can read, and creates no store", async () => {
    const identity = join(directory, "identity.txt");
    await writeFile(identity, (await generateIdentity()).content.text(), { mode: 0o644 });
    const options = { directory, identity, env: { HOME: directory } };
    expect((await failureOf(initLocalStore(options))).reason).toBe("insecure-identity");
    const findings = await inspectPermissions(options);
    expect(findings.map(({ reason }) => reason)).toEqual([
      "store-missing",
      "insecure-identity",
      undefined,
    ]);
  });

  test("refuses a folder in which others could replace the store", async () => {
    const open = join(directory, "open");
    await mkdir(open);
    await chmod(open, 0o777);
    const init = initLocalStore({ directory: open, env: { HOME: directory } });
    const error = await failureOf(init);
    expect(error).toMatchObject({ code: "Config", reason: "insecure-store" });
    expect(error.message).toContain(`chmod go-w ${open}`);
    expect(await readdir(open)).toEqual([]);
  });

  test("leaves no folder behind when it fails, and none that it did not make goes", async () => {
    const passphrase = Secret.text("short");
    const parent = join(directory, "parent");
    await mkdir(parent);
    const nested = { directory: join(parent, "a", "b"), env: { HOME: join(parent, "home") } };
    const error = await failureOf(initLocalStore({ ...nested, passphrase }));
    expect(error.reason).toBe("weak-passphrase");
    expect(await readdir(parent)).toEqual([]);
    const open = join(directory, "open");
    await mkdir(open);
    await chmod(open, 0o777);
    const insecure = await failureOf(initLocalStore({ ...nested, env: { HOME: open } }));
    expect(insecure.reason).toBe("insecure-identity");
    expect(await readdir(open)).toEqual([]);
    expect(await readdir(parent)).toEqual([]);
  });

  test("makes identities that a passphrase protects, once opened reused", async () => {
    const passphrase = Secret.text("correct horse battery");
    const options = { directory, env: { HOME: directory }, passphrase };
    const first = await initLocalStore(options);
    const second = await initLocalStore({ ...options, file: "second.age" });
    expect(second.recipient).toBe(first.recipient);
  });
});

describe("the default identity file", () => {
  test("follows the XDG base directories, ignoring a relative one as they demand", () => {
    expect(defaultIdentityFile({ HOME: "/home/ada" })).toBe("/home/ada/.config/kinko/identity.txt");
    expect(defaultIdentityFile({ HOME: "/home/ada", XDG_CONFIG_HOME: "/etc/ada" })).toBe(
      "/etc/ada/kinko/identity.txt",
    );
    expect(defaultIdentityFile({ HOME: "/home/ada", XDG_CONFIG_HOME: "relative" })).toBe(
      "/home/ada/.config/kinko/identity.txt",
    );
  });

  test("is never in the working directory, also when HOME is no absolute path", () => {
    for (const HOME of ["", "relative"]) {
      expect(isAbsolute(defaultIdentityFile({ HOME })), HOME).toBe(true);
    }
    const before = process.env["HOME"];
    try {
      process.env["HOME"] = "";
      expect(isAbsolute(defaultIdentityFile({ HOME: "" }))).toBe(true);
    } finally {
      if (before === undefined) delete process.env["HOME"];
      else process.env["HOME"] = before;
    }
  });

  test("is where an option with ~/ leads as well", async () => {
    const created = await initLocalStore({
      directory,
      env: { HOME: directory },
      identity: "~/keys/id.txt",
    });
    expect(created.identityFile).toBe(join(directory, "keys/id.txt"));
  });
});

test("the health of a store names its file and counts, and no secret", async () => {
  const local: TestStore = await createTestStore();
  expect(await local.store().health()).toMatchObject({
    status: "healthy",
    details: { file: local.file, generation: 1, secrets: 0, recipients: 1 },
  });
  await local.remove();
});
