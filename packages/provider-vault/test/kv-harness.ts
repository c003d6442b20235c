import { mountKv, type realPostgres, type RealVault } from "@kinko/servers/vitest";
import type { ProviderHarness } from "@kinko/testing/contract";
import { recordRequests } from "./record-requests.js";
import { openProvider } from "./support.js";

/** A harness with a KV mount of its own in the real Vault, and a neighbour that must stay as it is. */
export async function kvHarness(
  vault: RealVault,
  version: 1 | 2,
  postgres?: ReturnType<typeof realPostgres>,
): Promise<ProviderHarness> {
  const [own, neighbour] = await Promise.all([mountKv({ version }), mountKv({ version: 1 })]);
  await vault.request("POST", `${neighbour.mount}/neighbour`, { value: "neighbour" });
  const transit = `transit-${own.mount}`;
  let transitMounted = false;
  const database = `database-${own.mount}`;
  let databaseMounted = false;
  const provider = openProvider({
    transit: { mount: transit },
    address: vault.address,
    mount: own.mount,
    kvVersion: version,
    auth: { method: "token", token: vault.token },
  });
  // Other requests of this process are the harness's own.
  const requests = recordRequests(own.mount);
  return {
    provider,
    requests: () => requests.paths.length,
    outside: async () => [
      (await vault.request("LIST", `${neighbour.mount}/`)).body["data"],
      (await vault.request("GET", `${neighbour.mount}/neighbour`)).body["data"],
    ],
    async cryptoKeys() {
      await mustSucceed(vault.request("POST", `sys/mounts/${transit}`, { type: "transit" }));
      transitMounted = true;
      const keys = {
        encryption: {},
        other: {},
        signing: { type: "ecdsa-p256" },
        derived: { derived: true },
      };
      for (const [name, body] of Object.entries(keys)) {
        await mustSucceed(vault.request("POST", `${transit}/keys/${name}`, body));
      }
      return { encryption: "encryption", other: "other", signing: "signing", derived: "derived" };
    },
    async dynamicRoles() {
      if (postgres === undefined) throw new Error("This harness has no PostgreSQL.");
      await mustSucceed(vault.request("POST", `sys/mounts/${database}`, { type: "database" }));
      databaseMounted = true;
      const { host, port, superuser, password } = postgres;
      await mustSucceed(
        vault.request("POST", `${database}/config/app`, {
          plugin_name: "postgresql-database-plugin",
          allowed_roles: "*",
          connection_url: `postgresql://{{username}}:{{password}}@${host}:${port}/postgres?sslmode=disable`,
          username: superuser,
          password,
        }),
      );
      for (const role of ["app", "app-2"]) {
        await mustSucceed(
          vault.request("POST", `${database}/roles/${role}`, {
            db_name: "app",
            creation_statements: [
              `CREATE ROLE "{{name}}" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'`,
            ],
            default_ttl: 120,
            max_ttl: 600,
          }),
        );
      }
      const creds = `${database}/creds`;
      return { role: `${creds}/app`, sibling: `${creds}/app-2`, unknown: `${creds}/nobody` };
    },
    async cleanup() {
      requests.stop();
      await provider.close();
      if (transitMounted) await mustSucceed(vault.request("DELETE", `sys/mounts/${transit}`));
      if (databaseMounted) await mustSucceed(vault.request("DELETE", `sys/mounts/${database}`));
      await Promise.all([own.remove(), neighbour.remove()]);
    },
  };
}

async function mustSucceed(answer: ReturnType<RealVault["request"]>): Promise<void> {
  const { status } = await answer;
  if (status >= 300) throw new Error(`Vault answered ${status} to the set-up of a test.`);
}
