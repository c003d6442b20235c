import type { ProviderLimits } from "@kinko/core";
import { maxNameLength } from "./names.js";

/** Key Vault's limit of a value as it stores it, in UTF-8 bytes. */
export const maxStoredBytes = 25_600;

/** Largest binary value: in base 85, four bytes take five characters. */
export const maxBinaryBytes = (maxStoredBytes / 5) * 4;

/** Key Vault's limits of tags. One of the 15 is Kinko's own, which orders versions. */
export const maxNativeTags = 15;
export const maxTags = maxNativeTags - 1;
export const maxTagLength = 256;

export const limits: ProviderLimits = {
  maxValueBytes: maxStoredBytes,
  maxPathBytes: maxNameLength,
  maxTags,
  readRate: { requests: 4_000, perSeconds: 10 },
  source:
    "https://learn.microsoft.com/azure/key-vault/secrets/about-secrets and https://learn.microsoft.com/azure/key-vault/general/service-limits: values have at most 25 KB, of which binary fills 20,480 bytes because Key Vault stores text; names have 1 to 127 characters of 0-9, a-z, A-Z and -; 15 tags of 256 characters, of which Kinko takes one; 4,000 reads in 10 seconds of one vault",
};
