import { ServerUnavailableError } from "../errors.js";
import type { PostgresEndpoint } from "./start.js";

/**
 * The PostgreSQL that `KINKO_TEST_POSTGRES_URL` names (`postgresql://USER:PASSWORD@HOST:PORT/DATABASE`,
 * of a superuser), or undefined when it is not set. Tests make databases and roles of their own in it
 * and remove them.
 *
 * @throws ServerUnavailableError when the variable is set and is no such address
 */
export function externalPostgres(
  environment: NodeJS.ProcessEnv = process.env,
): PostgresEndpoint | undefined {
  const connectionString = environment["KINKO_TEST_POSTGRES_URL"];
  if (connectionString === undefined || connectionString === "") return undefined;
  const url = parse(connectionString);
  return {
    connectionString,
    host: url.hostname,
    port: url.port === "" ? 5432 : Number(url.port),
    superuser: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
  };
}

function parse(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^postgres(ql)?:$/.test(url.protocol) && url.username !== "") return url;
  // The text holds a password, so the message does not show it.
  throw new ServerUnavailableError(
    "KINKO_TEST_POSTGRES_URL is not an address such as postgresql://USER:PASSWORD@HOST:PORT/postgres. Correct or unset it.",
  );
}
