import type { EngineContext } from "../engines.js";
import { TransitEncryption } from "./encryption.js";
import { TransitKeys } from "./keys.js";
import { TransitSigning } from "./signing.js";
import { TransitContext } from "./transit-context.js";
import type { TransitCapability } from "./types.js";

/** The engine at a mount; see `capability.ts`, which loads it. */
export function createTransit(
  { client, context }: EngineContext,
  mount: string,
): Omit<TransitCapability, "at"> {
  const transit = new TransitContext({
    client,
    mount,
    clock: context.clock,
    timeoutMs: context.timeoutMs,
  });
  const encryption = new TransitEncryption(transit);
  const signing = new TransitSigning(transit);
  const keys = new TransitKeys(transit);
  return {
    encrypt: (...a) => encryption.encrypt(...a),
    decrypt: (...a) => encryption.decrypt(...a),
    rewrap: (...a) => encryption.rewrap(...a),
    encryptMany: (...a) => encryption.encryptMany(...a),
    decryptMany: (...a) => encryption.decryptMany(...a),
    rewrapMany: (...a) => encryption.rewrapMany(...a),
    dataKey: (...a) => encryption.dataKey(...a),
    wrappedDataKey: (...a) => encryption.wrappedDataKey(...a),
    random: (...a) => encryption.random(...a),
    sign: (...a) => signing.sign(...a),
    verify: (...a) => signing.verify(...a),
    hmac: (...a) => signing.hmac(...a),
    verifyHmac: (...a) => signing.verifyHmac(...a),
    hash: (...a) => signing.hash(...a),
    enable: (...a) => keys.enable(...a),
    createKey: (...a) => keys.createKey(...a),
    readKey: (...a) => keys.readKey(...a),
    listKeys: (...a) => keys.listKeys(...a),
    configureKey: (...a) => keys.configureKey(...a),
    rotateKey: (...a) => keys.rotateKey(...a),
    trimKey: (...a) => keys.trimKey(...a),
    deleteKey: (...a) => keys.deleteKey(...a),
    exportKey: (...a) => keys.exportKey(...a),
    backupKey: (...a) => keys.backupKey(...a),
    restoreKey: (...a) => keys.restoreKey(...a),
    rewrapFile: async (options) => {
      const { rewrapFile } = await import("./rewrap-file/rewrap-file.js");
      return rewrapFile(encryption, transit.place("rewrapFile", options.key), options);
    },
  };
}
