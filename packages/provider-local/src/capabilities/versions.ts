import type { VersionsCapability } from "@kinko/core";
import { undelete, versionInfos } from "../document/history.js";
import { keyOf } from "../names.js";
import { existing } from "../read-secret.js";
import type { StoreFile } from "../store/store-file.js";

/** History of the secrets in the file. */
export function versionsCapability(store: StoreFile): VersionsCapability {
  return {
    list: (ref, { signal }) =>
      store.read(signal, (document) => versionInfos(existing(document.entry(keyOf(ref.path))))),
    undelete: (ref, { signal }) =>
      store.change(signal, (draft) => {
        const key = keyOf(ref.path);
        draft.set(key, undelete(existing(draft.entry(key)), ref.version, draft.now));
      }),
  };
}
