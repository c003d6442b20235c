import { openStore, Secret } from "@kinko/core";

/** @typedef {import("@kinko/provider-vault").DatabasesCapability} DatabasesCapability */

const { PGHOST = "", PGPORT = "5432", PGDATABASE = "", PGUSER = "", PGPASSWORD = "" } = process.env;
const { LOGIN_SECONDS = "3600", LOGIN_MAX_SECONDS = "86400" } = process.env;

// Done once, by who administers Vault.
const store = await openStore();
/** @type {DatabasesCapability} */
const databases = store.as("databases");
await databases.enable();
await databases.configureConnection("shop", {
  type: "postgresql",
  host: PGHOST,
  port: Number(PGPORT),
  database: PGDATABASE,
  username: PGUSER, // a login that may make others
  password: Secret.text(PGPASSWORD),
  sslMode: "disable", // for a database on this machine alone; else leave it out
  allowedRoles: ["shop"],
});
await databases.createRole("shop", {
  connection: "shop",
  creationStatements: [
    `CREATE ROLE "{{name}}" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'`,
    `GRANT SELECT, INSERT ON orders TO "{{name}}"`,
  ],
  revocationStatements: [`DROP OWNED BY "{{name}}"`, `DROP ROLE IF EXISTS "{{name}}"`],
  defaultTtlSeconds: Number(LOGIN_SECONDS), // lives this long unless it is renewed
  maxTtlSeconds: Number(LOGIN_MAX_SECONDS), // and no longer than this, however often it is
});
console.log("Vault makes logins for the shop");
await store.close();
