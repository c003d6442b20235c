import type { ProviderLimits } from "@kinko/core";
import { maxNameLength } from "./names.js";

/** Secret Manager's limit of a payload. */
export const maxPayloadBytes = 65_536;

/** All keys and values of annotations together stay below this. */
export const annotationsEndBytes = 16_384;

export const limits: ProviderLimits = {
  maxValueBytes: maxPayloadBytes,
  maxPathBytes: maxNameLength,
  readRate: { requests: 90_000, perSeconds: 60 },
  source:
    "https://cloud.google.com/secret-manager/quotas and the protos of google.cloud.secretmanager.v1: payloads have at most 64 KiB, of which a value that could be taken for another kind spends 13 bytes on its mark; names have 1 to 255 characters of A-Z, a-z, 0-9, _ and -; annotations have less than 16 KiB in all; 90,000 reads of values a minute of one project, and 600 of anything else, such as tags",
};

/** A read with tags asks for the secret as well, against a quota of its own. */
export const limitsWithTags: ProviderLimits = {
  ...limits,
  readRate: { requests: 600, perSeconds: 60 },
};
