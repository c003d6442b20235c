import { execFileSync } from "node:child_process";
import { chmod, mkdir, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { initLocalStore, inspectPermissions } from "@kinko/provider-local/admin";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { failureOf } from "./failure.js";
import { createTestStore, type TestStore } from "./store-harness.js";

/** `nobody` of most systems; root itself is refused nothing. */
const ordinaryUser = 65_534;

let local: TestStore;
beforeEach(async () => {
  local = await createTestStore();
  await local.store().put("a", "1");
});
afterEach(() => local.remove());

/** Runs `work` as a user who owns the store and is not root. */
async function asOrdinaryUser(work: () => Promise<void>): Promise<void> {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) {
    execFileSync("chown", ["-R", `${ordinaryUser}:${ordinaryUser}`, local.directory]);
    process.seteuid?.(ordinaryUser);
  }
  try {
    await work();
  } finally {
    if (isRoot) process.seteuid?.(0);
    await chmod(dirname(local.file), 0o700);
  }
}

describe("what the file system refuses is a failure of its own:", () => {
  test("an identity that cannot be read", () =>
    asOrdinaryUser(async () => {
      await chmod(local.identity, 0o000);
      const error = await failureOf(local.store().get("a"));
      expect(error).toMatchObject({ code: "Unauthenticated", reason: "identity-unreadable" });
    }));

  test("a store that cannot be read", () =>
    asOrdinaryUser(async () => {
      await chmod(local.file, 0o000);
      const error = await failureOf(local.store().get("a"));
      expect(error).toMatchObject({ code: "PermissionDenied", reason: "store-unreadable" });
    }));

  test("a folder that cannot be written, which still lets one read", () =>
    asOrdinaryUser(async () => {
      await chmod(dirname(local.file), 0o500);
      const store = local.store();
      expect((await store.get("a")).text()).toBe("1");
      const error = await failureOf(store.put("a", "2"));
      expect(error).toMatchObject({ code: "PermissionDenied", reason: "read-only-store" });
      expect(await readdir(dirname(local.file))).toEqual(["store.age"]);
    }));

  test("a home that cannot be written, when a new store needs an identity", () =>
    asOrdinaryUser(async () => {
      const folder = dirname(local.file);
      const home = join(folder, "home");
      await mkdir(home, { mode: 0o500 });
      const init = initLocalStore({ directory: folder, file: "new.age", env: { HOME: home } });
      const error = await failureOf(init);
      expect(error).toMatchObject({ code: "PermissionDenied", reason: "read-only-identity" });
      expect(error.message).toContain(home);
      expect(await readdir(folder)).not.toContain("new.age");
    }));

  test("files of another user", async () => {
    if (process.geteuid?.() !== 0) {
      // Only root can give files away; root's own files stand for another user's.
      const error = await failureOf(local.store({ identity: "/etc/hostname" }).get("a"));
      expect(error.reason).toBe("insecure-identity");
      return;
    }
    execFileSync("chown", [String(ordinaryUser), local.identity]);
    expect((await failureOf(local.store().get("a"))).reason).toBe("insecure-identity");
    execFileSync("chown", ["0", local.identity]);
    execFileSync("chown", [String(ordinaryUser), dirname(local.file)]);
    const error = await failureOf(local.store().get("a"));
    expect(error.reason).toBe("insecure-store");
    expect(error.message).toContain("belongs to another user");
  });
});

test("an inspection says that there is no recipients file, and finds nothing wrong with that", async () => {
  const findings = await inspectPermissions({ directory: local.directory, env: local.env });
  expect(findings.map(({ subject, ok }) => `${subject} ${ok}`)).toEqual([
    "store true",
    "identity true",
    "recipients true",
  ]);
  expect(findings[2]?.message).toContain("There is no recipients file");
});
