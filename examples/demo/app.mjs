import { openStore } from "@kinko/core";

// The config may be anywhere; the providers are the ones that are installed with this file.
const store = await openStore({ importProvider: (name) => import(name) });
const database = await store.get("shop/database");
console.log(
  `connecting to ${database.field("host").text()} as ${database.field("user").text()},`,
  `with a password of ${database.field("password").byteLength} bytes`,
);
await store.close();
