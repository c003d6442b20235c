import { openStore } from "@kinko/core";

// With this, an editor knows what only Vault has: store.as("pki").
/** @typedef {import("@kinko/provider-vault").PkiCapability} PkiCapability */

const { ROOT_MOUNT = "pki", MOUNT = "pki_int", VAULT_ADDR = "" } = process.env;

// Done once, by who administers Vault.
const store = await openStore();
/** @type {PkiCapability} */
const pki = store.as("pki");
const { root } = await pki.createChain({
  root: { mount: ROOT_MOUNT, commonName: "Shop Root" },
  intermediate: { mount: MOUNT, commonName: "Shop Services" },
  role: {
    name: "orders",
    allowedDomains: ["localhost"], // in production the service's own name, such as orders.internal
    allowBareDomains: true,
    clientAuth: false,
  },
  publicAddress: VAULT_ADDR,
});
// A role for each service: the server tells callers by the name that only their role can have.
await pki.at(MOUNT).writeRole("shop", {
  allowedDomains: ["shop.internal"],
  allowBareDomains: true,
  serverAuth: false,
});
console.log(`made a root that is good until ${root.expiresAt.getUTCFullYear()}`);
await store.close();
