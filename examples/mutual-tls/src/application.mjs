import { openStore } from "@kinko/core";
import { startOrders } from "./orders.mjs";
import { createShop } from "./shop.mjs";

/** @typedef {import("@kinko/provider-vault").PkiCapability} PkiCapability */

// In production these are two programs, each with a token that may issue by its own role alone.
const store = await openStore();
/** @type {PkiCapability} */
const pki = store.as("pki").at(process.env["MOUNT"] ?? "pki_int");
// So short that both are renewed while you look; leave it out, and they last as the role says.
const ttlSeconds = 8;
const ordersCertificate = await pki.certificate({
  role: "orders",
  commonName: "localhost",
  ttlSeconds,
});
const shopCertificate = await pki.certificate({
  role: "shop",
  commonName: "shop.internal",
  ttlSeconds,
});

const server = await startOrders(ordersCertificate);
const address = server.address();
const port = typeof address === "object" && address !== null ? address.port : 0;
const shop = createShop(shopCertificate, port);
console.log(await shop.ask());

const renewed = Promise.all(
  [ordersCertificate, shopCertificate].map(
    (certificate) => new Promise((resolve) => certificate.onRenew(resolve)),
  ),
);
let over = false;
void renewed.then(() => (over = true));
let failed = 0;
while (!over) await shop.ask().catch(() => (failed += 1));
console.log(await shop.ask());
console.log(`both certificates were renewed; ${failed} requests failed`);

// The orders service's certificate is good for servers only: nobody calls with it.
const stranger = createShop(ordersCertificate, port);
console.log(await stranger.ask().catch(() => "no connection for another certificate"));

for (const client of [shop, stranger]) client.close();
for (const certificate of [ordersCertificate, shopCertificate]) certificate.close();
server.closeAllConnections();
server.close();
await store.close();
