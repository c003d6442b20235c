import type { ProviderLimits } from "@kinko/core";
import { maxNameLength } from "./names.js";
import { maxTags } from "./secrets/tags.js";

/** What AWS Secrets Manager accepts. */
export const limits: ProviderLimits = {
  maxValueBytes: 65_536,
  maxPathBytes: maxNameLength,
  maxVersions: 100,
  maxTags,
  source:
    "https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html and the reference of CreateSecret: values of 65,536 bytes, names of 512 characters, 50 tags; versions without a label are removed beyond about 100",
};
