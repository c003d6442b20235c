import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { isSecretError, openStore } from "@kinko/core";
import { decryptFile, encryptFile } from "@kinko/core/envelope";

const mebibytes = Number(process.env["SIZE_MIB"] ?? "4");
await writeRandom("backup.tar", mebibytes);
const before = await digest("backup.tar");

const store = await openStore();
const encryption = store.as("encryption");
// It is not stored in the file: who opens it has to know what it is.
const associatedData = Buffer.from("backup of shop");

await encryptFile("backup.tar", "backup.tar.kinko", { encryption, key: "backups", associatedData });
const added = (await stat("backup.tar.kinko")).size - (await stat("backup.tar")).size;
console.log(`encrypted ${mebibytes} MiB, which made it ${added} bytes longer`);

await decryptFile("backup.tar.kinko", "restored.tar", { encryption, associatedData });
console.log(`the same again: ${(await digest("restored.tar")) === before}`);

// Somebody cuts the file, exactly between two chunks.
const file = await open("backup.tar.kinko", "r+");
await file.truncate((await file.stat()).size - 256 * 1024 - 16);
await file.close();
try {
  await decryptFile("backup.tar.kinko", "broken.tar", { encryption, associatedData });
} catch (error) {
  if (!isSecretError(error, "Corrupt")) throw error;
  console.log(`${error.code} (${error.reason}): ${error.message}`);
}
console.log(`delivered: ${(await stat("broken.tar").catch(() => undefined)) !== undefined}`);
await store.close();

/** @param {string} name @param {number} mebibytes */
async function writeRandom(name, mebibytes) {
  const handle = await open(name, "w");
  for (let index = 0; index < mebibytes; index += 1) await handle.write(randomBytes(1024 * 1024));
  await handle.close();
}

/** @param {string} name */
async function digest(name) {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(name)) hash.update(piece);
  return hash.digest("hex");
}
