import { InvalidValueError, type PatchCapability } from "@kinko/core";
import { appendVersion, readableVersion } from "../document/history.js";
import { mergeFields } from "../document/value.js";
import { checkSize } from "../limits.js";
import { keyOf } from "../names.js";
import { existing } from "../read-secret.js";
import type { StoreFile } from "../store/store-file.js";

/** Changes fields of a JSON secret inside one commit, so that concurrent patches all count. */
export function patchCapability(store: StoreFile): PatchCapability {
  return {
    patch: (path, fields, { signal, ifVersion }) =>
      store.change(
        signal,
        (draft) => {
          const key = keyOf(path);
          const entry = existing(draft.entry(key));
          const value = mergeFields(readableVersion(entry, undefined), fields);
          if (value === undefined) {
            throw new InvalidValueError("Only a JSON object has fields that can be changed.", {
              reason: "no-fields",
              advice: "Write the whole secret with put.",
            });
          }
          try {
            checkSize(value);
            const { maxVersions } = store.settings;
            const next = appendVersion(entry, { value, ifVersion, maxVersions, now: draft.now });
            draft.set(key, next);
            return { version: next.versions.at(-1)?.id };
          } finally {
            value.dispose();
          }
        },
        { conditional: ifVersion !== undefined },
      ),
  };
}
