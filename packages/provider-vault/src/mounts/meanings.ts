import type { EngineMeaning } from "../engine/engine-calls.js";

/** What Vault 1.21.1 says about mounts. */
export const mountMeanings: readonly EngineMeaning[] = [
  {
    pattern:
      /cannot fetch sysview|no mount entry found|no handler for route|No secret engine mount at/u,
    code: "NotFound",
    reason: "mount-not-found",
    field: "path",
    what: "Vault has nothing mounted there.",
    advice: "List the mounts, and check the path.",
  },
  {
    pattern: /path is already in use|existing mount at/u,
    code: "AlreadyExists",
    reason: "mount-in-use",
    field: "path",
    what: "Another engine is mounted there.",
    advice: "Choose another path.",
  },
  {
    pattern: /plugin not found in the catalog/u,
    code: "InvalidValue",
    reason: "unknown-engine-type",
    field: "type",
    what: "Vault has no engine of this type.",
    advice: "Write a type such as kv, pki, transit or database.",
  },
  {
    pattern: /Upgrading from non-versioned/u,
    code: "Unavailable",
    reason: "kv-upgrading",
    what: "The KV engine is still being made ready.",
    advice: "Try again in a moment.",
  },
];
