import { openStore } from "@kinko/core";
import { createLeaseManager } from "@kinko/core/leases";
import pg from "pg";

const { PGHOST: host, PGPORT: port, PGDATABASE: database } = process.env;

const store = await openStore();
const leases = createLeaseManager({
  dynamic: store.as("dynamic"),
  // After a crash the next start revokes what this process held.
  journal: { directory: "leases" },
  onEvent: ({ type, generation }) => console.log(`${type}, generation ${generation}`),
});
const login = await leases.acquire({ path: "database/creds/readonly" });

// A login that is valid now, each time: renewed, and replaced before its longest life is over.
async function connect() {
  const { secret } = await login.ready();
  const client = new pg.Client({
    host,
    port: Number(port ?? 5432),
    database,
    user: secret.field("username").text(),
    password: secret.field("password").text(),
  });
  await client.connect();
  return client;
}

// What stays connected moves over here. The old login lives until this is done, or a minute long.
login.onRotate(async ({ current }) => {
  console.log(`a new login, generation ${current.generation}`);
});

const client = await connect();
const { rows } = await client.query("SELECT count(*)::int AS orders FROM orders");
console.log(rows[0]);
await client.end();

await leases.close(); // the login is gone
await store.close();
