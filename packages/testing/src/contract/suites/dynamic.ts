import type { DynamicCapability } from "@kinko/core";
import { expect } from "vitest";
import { expectClean } from "../../canary/canary.js";
import { collect, type Contract, type ContractContext } from "../contract-test.js";
import type { HarnessRoles } from "../harness.js";

/** Credentials that the backend makes, and their leases. */
export function describeDynamic(contract: Contract): void {
  if (contract.capabilities.extensions.dynamic === undefined) {
    contract.test("refuses dynamic as Unsupported", async ({ store, expectFailure }) => {
      const asked = Promise.resolve().then(() => store.as("dynamic"));
      expect((await expectFailure(asked, "Unsupported")).reason).toBe("no-dynamic");
    });
    return;
  }

  const { signal } = new AbortController();
  const test = (
    title: string,
    work: (
      dynamic: DynamicCapability,
      roles: HarnessRoles,
      context: ContractContext,
    ) => Promise<void>,
  ): void =>
    contract.test(title, async (context) => {
      await work(context.store.as("dynamic"), await rolesOf(context), context);
    });

  test("issues credentials of its own to each asker", async (dynamic, { role }) => {
    const first = await dynamic.issue({ path: role }, { signal });
    const second = await dynamic.issue({ path: role }, { signal });
    for (const { id, secret, durationSeconds, renewable } of [first, second]) {
      expect(id).toMatch(/\S/u);
      expect(secret.kind).toBe("json");
      expect(secret.fieldNames()).toEqual(expect.arrayContaining(["password", "username"]));
      expect(durationSeconds).toBeGreaterThanOrEqual(60);
      expect(renewable).toBe(true);
      expect(String(secret)).toBe("[secret]");
    }
    expect(second.id).not.toBe(first.id);
    expect(second.secret.equals(first.secret)).toBe(false);
    for (const { id } of [first, second]) await dynamic.revoke(id, { signal });
  });

  test("tells what it knows of a lease", async (dynamic, { role }) => {
    const { id, durationSeconds } = await dynamic.issue({ path: role }, { signal });
    const info = await dynamic.lookup(id, { signal });
    expect(info).toMatchObject({ id, renewable: true });
    expect(info.remainingSeconds).toBeGreaterThan(0);
    expect(info.remainingSeconds).toBeLessThanOrEqual(durationSeconds);
    expect(info.expiresAt?.getTime()).toBeGreaterThan(info.issuedAt?.getTime() ?? 0);
    await dynamic.revoke(id, { signal });
  });

  test("prolongs a lease by what is asked for, and keeps its id", async (dynamic, { role }) => {
    const { id, durationSeconds } = await dynamic.issue({ path: role }, { signal });
    const renewed = await dynamic.renew(id, { signal, incrementSeconds: durationSeconds + 30 });
    expect(renewed).toEqual({ id, durationSeconds: durationSeconds + 30, renewable: true });
    expect((await dynamic.lookup(id, { signal })).remainingSeconds).toBeGreaterThan(
      durationSeconds,
    );
    await dynamic.revoke(id, { signal });
  });

  test("a lease that was revoked has ended, and ends without an error again", async (dynamic, {
    role,
  }, context) => {
    const { id } = await dynamic.issue({ path: role }, { signal });
    await dynamic.revoke(id, { signal });
    await context.expectFailure(dynamic.renew(id, { signal }), "LeaseExpired");
    await context.expectFailure(dynamic.lookup(id, { signal }), "LeaseExpired");
    await dynamic.revoke(id, { signal });
  });

  test("does not know a lease that nobody has", async (dynamic, { role }, context) => {
    const unknown = `${role}/contract-no-such-lease`;
    await context.expectFailure(dynamic.renew(unknown, { signal }), "LeaseExpired");
    await context.expectFailure(dynamic.lookup(unknown, { signal }), "LeaseExpired");
    await dynamic.revoke(unknown, { signal });
  });

  test("does not know a role that nobody made", async (dynamic, roles, context) => {
    const asked = dynamic.issue({ path: roles.unknown }, { signal });
    await context.expectFailure(asked, "NotFound");
  });

  test("lists leases beneath a prefix, and ends them without those of a sibling", async (dynamic, {
    role,
    sibling,
  }) => {
    const own = [
      await dynamic.issue({ path: role }, { signal }),
      await dynamic.issue({ path: role }, { signal }),
    ].map(({ id }) => id);
    const other = (await dynamic.issue({ path: sibling }, { signal })).id;
    const listed = async (prefix: string): Promise<string[]> =>
      (await collect(dynamic.list(prefix, { signal }))).flat();
    expect((await listed(role)).toSorted()).toEqual(own.toSorted());
    await dynamic.revokePrefix(role, { signal });
    expect(await listed(role)).toEqual([]);
    expect(await listed(sibling)).toEqual([other]);
    await dynamic.revoke(other, { signal });
  });

  test("refuses what is no path, before anything is issued", async (dynamic, { role }, context) => {
    const { harness, canary } = context;
    const before = harness.requests?.();
    for (const path of ["", "/", "..", `${role}/..`, `${role}/../${canary.value}`, `a//${role}`]) {
      const error = await context.expectFailure(dynamic.issue({ path }, { signal }), "InvalidRef");
      expectClean(error, canary);
    }
    expect(harness.requests?.()).toBe(before);
    expect((await collect(dynamic.list(role, { signal }))).flat()).toEqual([]);
  });
}

async function rolesOf({ harness }: ContractContext): Promise<HarnessRoles> {
  if (harness.dynamicRoles === undefined) {
    throw new Error("The harness of a provider that declares dynamic has to make roles.");
  }
  return harness.dynamicRoles();
}
