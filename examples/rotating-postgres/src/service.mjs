import { openStore } from "@kinko/core";
import { createLeaseManager } from "@kinko/core/leases";
import { createRotatingPool } from "@kinko/postgres";
import Fastify from "fastify";

const { PGHOST: host, PGPORT = "5432", PGDATABASE: database, PORT = "3000" } = process.env;

// Who keeps the secrets stands in kinko.config.yaml; that it is Vault shows nowhere below.
const store = await openStore();
const leases = createLeaseManager({
  dynamic: store.as("dynamic"),
  // After a crash the next start revokes what this process held.
  journal: { directory: "leases" },
});
const login = await leases.acquire({ path: "database/creds/shop" });
const pool = createRotatingPool({
  handle: login,
  pool: { host, port: Number(PGPORT), database, max: 10 },
  onEvent: ({ type, generation }) => console.log(`connections of login ${generation}: ${type}`),
});

const app = Fastify();

app.get("/orders", async () => {
  const { rows } = await pool.query("SELECT id, item FROM orders ORDER BY id DESC LIMIT 10");
  return rows;
});

const order = {
  body: {
    type: "object",
    required: ["item"],
    properties: { item: { type: "string", minLength: 1, maxLength: 100 } },
  },
};
app.post("/orders", { schema: order }, async (request, reply) => {
  const { item } = /** @type {{ item: string }} */ (request.body);
  const id = await pool.transaction(async (client) => {
    const { rows } = await client.query(
      "INSERT INTO orders (item) VALUES ($1) RETURNING id::int AS id",
      [item],
    );
    return rows[0].id;
  });
  return reply.code(201).send({ id });
});

app.get("/health", async () => ({ login: pool.generation, connections: pool.totalCount }));

// The order matters: no more requests, then no more connections, then no more login.
app.addHook("onClose", async () => {
  await pool.end();
  await leases.close();
  await store.close();
});
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => void app.close());

const address = await app.listen({ host: "127.0.0.1", port: Number(PORT) });
console.log(`listening on ${address}`);
