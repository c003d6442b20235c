import { initLocalStore } from "@kinko/provider-local/admin";

// The embedded store is a file, so somebody has to make it once. `kinko init` does it too.
await initLocalStore({ file: ".kinko/store.age", identity: ".kinko/identity.txt" });
