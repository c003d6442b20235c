import type { SecretErrorCode } from "@kinko/core";

/** What a message of Vault about credentials, leases or their database means. */
export interface DynamicMeaning {
  readonly pattern: RegExp;
  readonly code: SecretErrorCode;
  readonly reason: string;
  readonly what: string;
  readonly advice: string;
}

/**
 * Known messages in the order in which they are looked for, as Vault 1.21.1 gives them with status
 * 400 or 500. They are compared, never shown: those of a database quote statements and hosts.
 */
export const dynamicMeanings: readonly DynamicMeaning[] = [
  {
    pattern: /lease not found|invalid lease|lease (?:is )?expired|lease has expired/iu,
    code: "LeaseExpired",
    reason: "lease-ended",
    what: "Vault does not know this lease: it has ended, or was revoked.",
    advice: "Request new credentials.",
  },
  {
    pattern: /lease is not renewable|not renewable/iu,
    code: "Unsupported",
    reason: "not-renewable",
    what: "This lease cannot be renewed.",
    advice: "Request new credentials before it ends; the lease manager does so.",
  },
  {
    pattern: /unknown role|no static role found/iu,
    code: "NotFound",
    reason: "role-not-found",
    what: "Vault has no role of this name there.",
    advice: "List the roles of the engine, and check the path: database/creds/ROLE.",
  },
  {
    pattern: /is not an allowed role/iu,
    code: "PermissionDenied",
    reason: "role-not-allowed",
    what: "The connection of this role does not allow it.",
    advice: "Add the role to allowedRoles of the connection.",
  },
  {
    pattern: /failed to find entry for connection/iu,
    code: "NotFound",
    reason: "connection-not-found",
    what: "Vault has no database connection of this name.",
    advice: "List the connections of the engine, and configure the one that the role names.",
  },
  {
    pattern: /plugin not found in the catalog|unknown (?:database )?plugin/iu,
    code: "Config",
    reason: "plugin-not-found",
    what: "Vault has no database plugin of this name.",
    advice: "Use a name such as postgresql-database-plugin.",
  },
  {
    pattern: /SQLSTATE 28|authentication failed/iu,
    code: "Unavailable",
    reason: "database-login-failed",
    what: "The database does not accept the login that Vault has for it.",
    advice:
      "Check username and password of the connection; after a rotation only Vault knows them.",
  },
  {
    // Classes 08 (connection), 53 (resources) and 57 (operator intervention), and Go's network errors.
    pattern:
      /SQLSTATE (?:08|53|57)|dial (?:error|tcp|unix)|connection (?:refused|reset)|failed to connect|no such host|i\/o timeout|deadline exceeded|broken pipe|unexpected EOF|conn closed|connection is already closed|ping failed/iu,
    code: "Unavailable",
    reason: "database-unreachable",
    what: "Vault cannot reach the database that the credentials are for.",
    advice: "Check that the database runs, and that Vault can connect to it.",
  },
  {
    pattern: /SQLSTATE|failed to execute query/iu,
    code: "Config",
    reason: "statement-failed",
    what: "The database refused a statement of the role.",
    advice:
      "Correct the role's statements, or what Vault's login may do; the database's log has the reason.",
  },
  {
    pattern: /default_ttl|max_ttl|ttl .*(?:greater|exceed|larger)/iu,
    code: "InvalidValue",
    reason: "bad-ttl",
    what: "Vault does not accept the times to live.",
    advice: "Keep the default below the maximum, and both below that of the mount.",
  },
  {
    pattern: /rotation_period/iu,
    code: "InvalidValue",
    reason: "bad-rotation-period",
    what: "Vault does not accept the time between rotations.",
    advice: "Give at least 5 seconds.",
  },
  {
    pattern: /path is already in use/iu,
    code: "AlreadyExists",
    reason: "mount-taken",
    what: "Something else is mounted at this path.",
    advice: "Choose another mount.",
  },
];

/** The meaning of the first message that is known. */
export function meaningOf(messages: readonly string[]): DynamicMeaning | undefined {
  return dynamicMeanings.find(({ pattern }) => messages.some((text) => pattern.test(text)));
}
