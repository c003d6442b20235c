import { openStore, Secret } from "@kinko/core";

// With this, an editor knows what only Vault has: store.as("databases").
/** @typedef {import("@kinko/provider-vault").DatabasesCapability} DatabasesCapability */

const { PGHOST = "", PGPORT, PGDATABASE = "", PGUSER = "", PGPASSWORD = "" } = process.env;

// Done once, by who administers Vault.
const store = await openStore();
/** @type {DatabasesCapability} */
const databases = store.as("databases");
await databases.enable();
await databases.configureConnection("app", {
  type: "postgresql",
  host: PGHOST,
  port: Number(PGPORT ?? 5432),
  database: PGDATABASE,
  username: PGUSER, // a login of Vault's own that may make others
  password: Secret.text(PGPASSWORD),
  sslMode: "disable", // for a database on this machine alone; else leave it out
  allowedRoles: ["readonly", "readwrite"],
});

const hours = { defaultTtlSeconds: 3_600, maxTtlSeconds: 24 * 3_600 };
const login = `CREATE ROLE "{{name}}" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'`;
await databases.createRole("readonly", {
  connection: "app",
  ...hours,
  creationStatements: [login, `GRANT SELECT ON ALL TABLES IN SCHEMA public TO "{{name}}"`],
});
await databases.createRole("readwrite", {
  connection: "app",
  ...hours,
  creationStatements: [
    login,
    `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO "{{name}}"`,
  ],
});

// From now on only Vault knows the password of its own login.
await databases.rotateRoot("app");
console.log("made the roles", (await databases.listRoles()).join(", "));
await store.close();
