import type { PoolConfig } from "pg";
import { parse } from "pg-connection-string";
import { ownCredentials, refusal } from "./options.js";

/**
 * Settings without a connection string: `pg` lets the string win over `user` and `password`, also
 * where it has none.
 *
 * @throws ConfigError when it cannot be parsed or holds credentials, or no database is named
 */
export function connectionSettings(pool: PoolConfig): PoolConfig {
  const { connectionString, ...given } = pool;
  const settings =
    connectionString === undefined ? given : { ...given, ...settingsOf(connectionString) };
  if (!isGiven(settings.database) && !isGiven(process.env["PGDATABASE"])) {
    // pg would take the name of the user, which is another one with each login.
    throw refusal("missing-database", "pool.database", "Name the database to connect to.");
  }
  return settings;
}

function settingsOf(connectionString: string): PoolConfig {
  const field = "pool.connectionString";
  const { user, password, ...parsed } = parseString(connectionString, field);
  if (isGiven(user) || isGiven(password)) throw ownCredentials(field);
  // As pg itself does it: what the parser leaves as text, pg's clients understand.
  return parsed as unknown as PoolConfig;
}

function parseString(connectionString: string, field: string): ReturnType<typeof parse> {
  try {
    return parse(connectionString);
  } catch {
    // The parser's own error may quote the string.
    throw refusal(
      "bad-connection-string",
      field,
      "Give postgresql://HOST:PORT/DATABASE, and files that can be read where it names some.",
    );
  }
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
}
