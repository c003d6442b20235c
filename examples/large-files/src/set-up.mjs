import { isSecretError, openStore } from "@kinko/core";

// With this, an editor knows what only Vault has: store.as("transit").
/** @typedef {import("@kinko/provider-vault").TransitCapability} TransitCapability */

// Done once, by who administers Vault; `kinko transit key create backups --enable` does it too.
const store = await openStore();
/** @type {TransitCapability} */
const transit = store.as("transit");
await transit.enable();
try {
  await transit.createKey("backups", { autoRotatePeriodSeconds: 30 * 24 * 3_600 });
  console.log("made the key backups");
} catch (error) {
  if (!isSecretError(error, "AlreadyExists")) throw error;
}
await store.close();
