import pg from "pg";

/**
 * Runs one statement on a connection of its own, by a connection string or as some login.
 *
 * @returns the rows; none for a statement that gives none, or for several in one text
 * @throws what `pg` throws
 */
export async function queryPostgres(
  login: string | pg.ClientConfig,
  statement: string,
): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client(typeof login === "string" ? { connectionString: login } : login);
  // A connection that is cut by the server shows in the query; without a listener it ends the process.
  client.on("error", () => undefined);
  await client.connect();
  try {
    const result = (await client.query(statement)) as { rows?: Record<string, unknown>[] };
    return result.rows ?? [];
  } finally {
    await client.end();
  }
}
