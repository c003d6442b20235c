import { createReadStream, createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { openStore } from "@kinko/core";
import { decryptTransform, encryptTransform } from "@kinko/core/envelope";

const store = await openStore();
const encryption = store.as("encryption");

// Compressed first: what is encrypted does not get smaller any more.
await pipeline(
  createReadStream("restored.tar"),
  createGzip(),
  encryptTransform({ encryption, key: "backups" }),
  createWriteStream("stream.kinko", { mode: 0o600 }),
);
await pipeline(
  createReadStream("stream.kinko"),
  decryptTransform({ encryption }),
  createGunzip(),
  createWriteStream("stream.tar", { mode: 0o600 }),
);
console.log("streams: done");

await store.close();
