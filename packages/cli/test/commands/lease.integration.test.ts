import { describe, expect, onTestFinished, test } from "vitest";
import { parse, useDatabaseCommands } from "./use-database-commands.js";

const use = useDatabaseCommands();
const { vault, unique, mount, role, sql, accounts, kinko, makeRole, credentials } = use;

describe("kinko lease", () => {
  test("renews, and says so when it got less than was asked for", async () => {
    await makeRole();
    const { leaseId } = await credentials();
    const renewed = await kinko(["lease", "renew", leaseId, "--ttl", "90m", "--json"]);
    expect(parse(renewed.stdout)).toMatchObject({ remainingSeconds: 5_400, renewable: true });
    const longest = await kinko(["lease", "renew", leaseId, "--ttl", "10h"]);
    expect(longest.stderr).toContain("nears its longest life");
    expect((await kinko(["lease", "renew", leaseId, "--dry-run"])).stderr).toContain("Would renew");
    await kinko(["lease", "revoke", leaseId, "--yes"]);
    for (const verb of ["lookup", "renew", "revoke"]) {
      const ended = await kinko(["lease", verb, leaseId, "--yes"]);
      expect(ended).toMatchObject({ code: 23, stdout: "" });
      expect(ended.stderr).toContain("(lease-ended)");
    }
  });

  test("that cannot be renewed says so", async () => {
    const pki = `pki-${unique}`;
    await vault.request("POST", `sys/mounts/${pki}`, { type: "pki" });
    onTestFinished(async () => void (await vault.request("DELETE", `sys/mounts/${pki}`)));
    await vault.request("POST", `${pki}/root/generate/internal`, { common_name: "a", ttl: "1h" });
    const rules = { allow_any_name: true, generate_lease: true, ttl: "10m" };
    await vault.request("POST", `${pki}/roles/web`, rules);
    const issued = await vault.request("POST", `${pki}/issue/web`, { common_name: "a.example" });
    const leaseId = String((issued.body as { lease_id: unknown }).lease_id);
    const dry = await kinko(["lease", "renew", leaseId, "--dry-run"]);
    expect(dry.stderr).toContain("cannot be renewed");
    const refused = await kinko(["lease", "renew", leaseId]);
    expect(refused).toMatchObject({ code: 22, stdout: "" });
    expect(refused.stderr).toContain("(not-renewable)");
  });

  test("revokes several, and none at all when one of the ids is wrong", async () => {
    await makeRole();
    const [first, second] = [await credentials(), await credentials()];
    const ids = [first.leaseId, second.leaseId];
    const misspelt = await kinko(["lease", "revoke", ...ids, `${mount}/creds/x/y`, "--yes"]);
    expect(misspelt).toMatchObject({ code: 23 });
    expect(await accounts()).toBe(2);
    expect(await kinko(["lease", "revoke", ...ids, "--dry-run"])).toMatchObject({ code: 0 });
    expect(await accounts()).toBe(2);
    expect(await kinko(["lease", "revoke", ...ids, "--yes"])).toMatchObject({ code: 0 });
    expect(await accounts()).toBe(0);
  });

  test("lists and ends what is beneath a prefix, and leaves its siblings alone", async () => {
    await makeRole();
    const made = [await credentials(), await credentials()];
    const prefix = `${mount}/creds/${role}`;
    const ids = made.map(({ leaseId }) => leaseId).toSorted();
    const listed = await kinko(["lease", "list", prefix]);
    expect(listed.stdout.trim().split("\n").toSorted()).toEqual(ids);
    const sibling = await kinko(["lease", "revoke-prefix", prefix.slice(0, -1), "--yes"]);
    expect(sibling).toMatchObject({ code: 3 });
    const dry = await kinko(["lease", "revoke-prefix", prefix, "--dry-run", "--json"]);
    expect((parse(dry.stdout)["leases"] as string[]).toSorted()).toEqual(ids);
    expect(await kinko(["lease", "revoke-prefix", prefix])).toMatchObject({ code: 29 });
    expect(await accounts()).toBe(2);
    const ended = await kinko(["lease", "revoke-prefix", prefix, "--yes"]);
    expect(ended).toMatchObject({ code: 0 });
    expect(ended.stderr).toContain("Ended 2 leases.");
    expect(await accounts()).toBe(0);
  });

  test("--forget removes leases whose credentials cannot be ended, and they stay", async () => {
    await makeRole();
    const { username, password } = await credentials();
    const prefix = `${mount}/creds/${role}`;
    const forgotten = await kinko(["lease", "revoke-prefix", prefix, "--forget", "--yes"]);
    expect(forgotten).toMatchObject({ code: 0 });
    expect((await kinko(["lease", "list", prefix, "--json"])).stdout).toContain("[]");
    await sql(`DROP ROLE IF EXISTS "${username}"`);
    await expect(sql("SELECT 1", { user: username, password })).rejects.toThrow();
  });
});
