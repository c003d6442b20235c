import { randomBytes } from "node:crypto";
import { afterAll, beforeAll } from "vitest";
import type { PostgresEndpoint } from "../postgres/start.js";
import { markRealServer } from "./mark.js";
import { providedServer } from "./provided.js";
import { queryPostgres } from "./query-postgres.js";

/**
 * The shared real PostgreSQL. Call it at the top of an integration test file, or in a `describe`: it
 * also marks the tests there, so that the run can say how many ran against the real server.
 *
 * @throws ServerUnavailableError when there is none, with the reason
 */
export function realPostgres(): PostgresEndpoint {
  markRealServer("postgres");
  return providedServer("postgres");
}

/**
 * Names a database that is created before the calling suite's tests and removed after them, and
 * answers its connection string, as the superuser. Call it at the top of a file or in a `describe`.
 */
export function createDatabase(): string {
  const { connectionString } = providedServer("postgres");
  const name = `kinko_${randomBytes(6).toString("hex")}`;
  beforeAll(() => queryPostgres(connectionString, `CREATE DATABASE ${name}`));
  afterAll(() => queryPostgres(connectionString, `DROP DATABASE ${name} WITH (FORCE)`));
  const url = new URL(connectionString);
  url.pathname = `/${name}`;
  return url.href;
}
