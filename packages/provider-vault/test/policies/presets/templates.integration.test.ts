import { beforeAll, describe, expect, test } from "vitest";
import {
  identityPolicy,
  type NamedPolicy,
  type PolicyIdentity,
} from "../../../src/policies/index.js";
import { PresetServer, type Holder } from "./use-presets.js";

const server = new PresetServer();
const { mount } = server;
const entityName = `${server.own}-alice`;
const groupName = `${server.own}-payments`;

describe("B6, templates", () => {
  const auth = `${server.own}-userpass`;
  let identity: PolicyIdentity = {};

  /** Alice, who is in one group and not in the other, logs in with the policy. */
  function loginOf(make: () => NamedPolicy): () => Holder {
    let holder: Holder | undefined;
    beforeAll(async () => {
      const path = `auth/${auth}/login/alice`;
      const password = "a password of a test";
      holder = await server.login([make()], { path, password, identity });
    });
    return () => holder ?? expect.unreachable("no holder");
  }

  beforeAll(async () => {
    await server.ok("POST", `sys/auth/${auth}`, { type: "userpass" });
    const { body } = await server.ok("GET", `sys/auth/${auth}`);
    const accessor = textOf(body, "accessor");
    const metadata = { team: "red" };
    const entity = await server.ok("POST", "identity/entity", { name: entityName, metadata });
    const id = textOf(entity.body, "id");
    const alias = { name: "alice", canonical_id: id, mount_accessor: accessor };
    await server.ok("POST", "identity/entity-alias", alias);
    const group = { name: groupName, member_entity_ids: [id] };
    const { body: made } = await server.ok("POST", "identity/group", group);
    await server.ok("POST", "identity/group", { name: `${server.own}-orders` });
    identity = {
      entity: { id, name: entityName, metadata },
      groups: [{ id: textOf(made, "id"), name: groupName }],
    };
    await server.seed([
      "metadata/red/note",
      `users/${entityName}/note`,
      `users/${entityName}/gone`,
      `users/${server.own}-bob/note`,
      `teams/${groupName}/db`,
      `teams/${server.own}-orders/db`,
    ]);
    return async () => {
      await server.ok("DELETE", `sys/auth/${auth}`);
      await server.ok("DELETE", `identity/entity/id/${id}`);
      for (const name of [groupName, `${server.own}-orders`])
        await server.ok("DELETE", `identity/group/name/${name}`);
    };
  });

  describe("a folder for each entity, by its name", () => {
    server.checkTable(
      loginOf(() => ({ name: "users", policy: identityPolicy({ mount, folder: "users" }) })),
      [
        ["allowed", "read", "KV/data/users/OWN-alice/note"],
        ["allowed", "create", "KV/data/users/OWN-alice/new"],
        ["allowed", "update", "KV/data/users/OWN-alice/note"],
        ["allowed", "delete", "KV/data/users/OWN-alice/gone"],
        ["allowed", "list", "KV/metadata/users/OWN-alice"],
        ["denied", "read", "KV/data/users/OWN-bob/note"],
        ["denied", "create", "KV/data/users/OWN-bob/new"],
        ["denied", "list", "KV/metadata/users"],
        ["denied", "list", "KV/metadata/users/OWN-bob"],
        ["denied", "read", "KV/data/users/OWN-alice2/note"],
        ["denied", "read", "KV/data/users/{{identity.entity.name}}/note"],
      ],
    );
  });

  describe("a folder for each group, by its name", () => {
    const subject = { group: groupName, value: "name" } as const;
    server.checkTable(
      loginOf(() => ({
        name: "teams",
        policy: identityPolicy({ mount, folder: "teams", subject, operations: ["get", "list"] }),
      })),
      [
        ["allowed", "read", "KV/data/teams/OWN-payments/db"],
        ["allowed", "list", "KV/metadata/teams/OWN-payments"],
        ["denied", "update", "KV/data/teams/OWN-payments/db"],
        ["denied", "read", "KV/data/teams/OWN-orders/db"],
      ],
    );
  });

  describe("a folder of a group that one is not in", () => {
    const subject = { group: `${server.own}-orders`, value: "name" } as const;
    server.checkTable(
      loginOf(() => ({
        name: "foreign",
        policy: identityPolicy({ mount, folder: "teams", subject }),
      })),
      [
        ["denied", "read", "KV/data/teams/OWN-orders/db"],
        ["denied", "read", "KV/data/teams/OWN-payments/db"],
        ["denied", "list", "KV/metadata/teams/OWN-orders"],
      ],
    );
  });

  describe("a folder by the entity's metadata", () => {
    const subject = { entityMetadata: "team" };
    server.checkTable(
      loginOf(() => ({
        name: "metadata",
        policy: identityPolicy({ mount, folder: "metadata", subject, operations: ["get"] }),
      })),
      [
        ["allowed", "read", "KV/data/metadata/red/note"],
        ["denied", "read", "KV/data/metadata/blue/note"],
        ["denied", "update", "KV/data/metadata/red/note"],
      ],
    );
  });

  describe("an entity whose name is a wildcard", () => {
    async function loginAs(name: string, policy: NamedPolicy["policy"]): Promise<Holder> {
      const id = identity.entity?.id ?? "";
      await server.ok("POST", `identity/entity/id/${id}`, { name });
      const path = `auth/${auth}/login/alice`;
      const password = "a password of a test";
      const renamed = { ...identity, entity: { id, name } };
      return server.login([{ name: "wild", policy }], { path, password, identity: renamed });
    }
    const attempt = {
      operation: "read",
      path: `${mount}/data/users/${server.own}-bob/note`,
    } as const;

    test("opens the folders of all, by its name", async () => {
      const holder = await loginAs("+", identityPolicy({ mount, folder: "users" }));
      expect(holder.compiled.can(attempt).allowed).toBe(true);
      expect(await server.attempt(holder, attempt)).toBe(200);
    });

    test("opens its own alone, by its id, which nobody chooses", async () => {
      const subject = { entity: "id" } as const;
      const holder = await loginAs("+", identityPolicy({ mount, folder: "users", subject }));
      expect(holder.compiled.can(attempt).allowed).toBe(false);
      expect(await server.attempt(holder, attempt)).toBe(403);
      const own = { ...attempt, path: `${mount}/data/users/${identity.entity?.id ?? ""}/note` };
      expect(holder.compiled.can(own).allowed).toBe(true);
      expect(await server.attempt(holder, own)).toBe(404);
    });
  });
});

/** A text of an answer's data. */
function textOf(body: unknown, name: string): string {
  const { data: found } = body as { readonly data: Readonly<Record<string, unknown>> };
  const text = found[name];
  return typeof text === "string" ? text : expect.unreachable(name);
}
