import type { BulkGetCapability } from "@kinko/core";
import { readSecret } from "../read-secret.js";
import type { StoreFile } from "../store/store-file.js";

/** Reads many secrets out of one state of the file. */
export function bulkGetCapability(store: StoreFile): BulkGetCapability {
  return {
    getMany: (refs, { signal }) =>
      store.read(signal, (document) =>
        refs.map((ref) => {
          try {
            return { secret: readSecret(document, ref) };
          } catch (error) {
            return { error };
          }
        }),
      ),
  };
}
