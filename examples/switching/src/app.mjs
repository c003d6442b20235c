import { createHmac } from "node:crypto";
import { isSecretError, openStore } from "@kinko/core";

// Nothing here says who keeps the secrets: kinko.config.yaml does.
const store = await openStore();

const database = await store.get("shop/database");
const url = `${database.field("user").text()}@${database.field("host").text()}`;
console.log(`database: ${url}, password of ${database.field("password").byteLength} bytes`);

const key = await store.get("shop/signing-key");
const signature = createHmac("sha256", key.bytes()).update("order 1").digest("hex");
console.log(`signature of order 1: ${signature}`);

const proxy = await store.tryGet("shop/proxy");
console.log(`proxy: ${proxy?.text() ?? "none"}`);

const names = [];
for await (const { path } of store.list({ prefix: "shop" })) names.push(path.join("/"));
console.log(`secrets: ${names.sort().join(", ")}`);

try {
  await store.get("shop/database#token");
} catch (error) {
  if (!isSecretError(error, "NotFound")) throw error;
  console.log(`no token: ${error.message}`);
}

await store.close();
