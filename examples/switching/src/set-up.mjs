import { isSecretError, openStore } from "@kinko/core";
import { initLocalStore } from "@kinko/provider-local/admin";

// The embedded store is a file, so somebody has to make it once. `kinko init` does it too.
try {
  await initLocalStore({ file: ".kinko/store.age", identity: ".kinko/identity.txt" });
} catch (error) {
  if (!isSecretError(error, "AlreadyExists")) throw error;
}

// The same lines fill whichever store the config names.
const store = await openStore();
await store.put("shop/database", { host: "db.example", user: "shop", password: "correct horse" });
await store.put("shop/signing-key", Buffer.from("00ff10ef20df30cf", "hex"));
await store.close();
console.log("The shop's secrets are in place.");
