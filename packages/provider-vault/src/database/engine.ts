import type { JsonObject, VaultAnswer } from "../client/answer.js";
import type { VaultRequest } from "../client/vault-client.js";
import { ask } from "../dynamic/ask.js";
import type { EngineContext } from "../engines.js";
import { vaultError } from "../errors/vault-error.js";
import { underDeadline } from "../engine/deadline.js";
import { checkStatements } from "./check-statements.js";
import { checkSeconds, checkText, checkTtls, encodeName } from "./check-values.js";
import { connectionBody } from "./connection-body.js";
import { parseConnection, parseRole, parseStaticRole } from "./parse.js";
import type {
  ConnectionInfo,
  DatabaseCallOptions,
  DatabaseConnection,
  DatabaseRole,
  DatabaseRoleInfo,
  DatabaseWriteOptions,
  DatabasesCapability,
  StaticRole,
  StaticRoleInfo,
} from "./types.js";

type Calls = Omit<DatabasesCapability, "at">;

/** The database engine at one mount; see `capability.ts`, which loads it. */
export class DatabaseEngine implements Calls {
  readonly #engine: Pick<EngineContext, "client" | "context">;
  readonly #mount: string;

  /** @param mount encoded path, without slashes at its ends */
  constructor(engine: Pick<EngineContext, "client" | "context">, mount: string) {
    this.#engine = engine;
    this.#mount = mount;
  }

  async enable(options: DatabaseCallOptions = {}): Promise<{ readonly created: boolean }> {
    const path = `sys/mounts/${this.#mount}`;
    const existing = await this.#system({ method: "GET", path, accept: [400] }, options);
    if (existing.status !== 400) {
      if (existing.data?.["type"] === "database") return { created: false };
      throw vaultError("AlreadyExists", "Another engine is mounted at this path.", {
        reason: "mount-taken",
        advice: "Choose another mount.",
      });
    }
    await this.#system({ method: "POST", path, body: { type: "database" } }, options);
    return { created: true };
  }

  async configureConnection(
    name: string,
    connection: DatabaseConnection,
    options: DatabaseWriteOptions = {},
  ): Promise<void> {
    const path = `config/${encodeName(name)}`;
    await this.#write(path, connectionBody(connection), options);
  }

  async readConnection(name: string, options: DatabaseCallOptions = {}): Promise<ConnectionInfo> {
    return parseConnection(name, await this.#read(`config/${encodeName(name)}`, options));
  }

  listConnections(options: DatabaseCallOptions = {}): Promise<readonly string[]> {
    return this.#list("config", options);
  }

  async deleteConnection(name: string, options: DatabaseCallOptions = {}): Promise<void> {
    await this.#ask({ method: "DELETE", path: `config/${encodeName(name)}` }, options);
  }

  async resetConnection(name: string, options: DatabaseCallOptions = {}): Promise<void> {
    await this.#ask({ method: "POST", path: `reset/${encodeName(name)}` }, options);
  }

  async rotateRoot(name: string, options: DatabaseCallOptions = {}): Promise<void> {
    await this.#ask({ method: "POST", path: `rotate-root/${encodeName(name)}` }, options);
  }

  async createRole(
    name: string,
    role: DatabaseRole,
    options: DatabaseWriteOptions = {},
  ): Promise<void> {
    const path = `roles/${encodeName(name)}`;
    await this.#write(path, roleBody(role), options);
  }

  async readRole(name: string, options: DatabaseCallOptions = {}): Promise<DatabaseRoleInfo> {
    return parseRole(name, await this.#read(`roles/${encodeName(name)}`, options));
  }

  listRoles(options: DatabaseCallOptions = {}): Promise<readonly string[]> {
    return this.#list("roles", options);
  }

  async deleteRole(name: string, options: DatabaseCallOptions = {}): Promise<void> {
    await this.#ask({ method: "DELETE", path: `roles/${encodeName(name)}` }, options);
  }

  async createStaticRole(
    name: string,
    role: StaticRole,
    options: DatabaseWriteOptions = {},
  ): Promise<void> {
    const path = `static-roles/${encodeName(name)}`;
    checkSeconds("rotationPeriodSeconds", role.rotationPeriodSeconds, 5);
    checkStatements("rotationStatements", role.rotationStatements, ["name", "password"]);
    const body = {
      db_name: decodeURIComponent(encodeName(role.connection, "connection")),
      username: checkText("username", role.username),
      rotation_period: role.rotationPeriodSeconds,
      // Said when there are none: Vault would keep those of an earlier write.
      rotation_statements: role.rotationStatements ?? [],
    };
    await this.#write(path, body, options);
  }

  async readStaticRole(name: string, options: DatabaseCallOptions = {}): Promise<StaticRoleInfo> {
    return parseStaticRole(name, await this.#read(`static-roles/${encodeName(name)}`, options));
  }

  listStaticRoles(options: DatabaseCallOptions = {}): Promise<readonly string[]> {
    return this.#list("static-roles", options);
  }

  async deleteStaticRole(name: string, options: DatabaseCallOptions = {}): Promise<void> {
    await this.#ask({ method: "DELETE", path: `static-roles/${encodeName(name)}` }, options);
  }

  async rotateStaticRole(name: string, options: DatabaseCallOptions = {}): Promise<void> {
    await this.#ask({ method: "POST", path: `rotate-role/${encodeName(name)}` }, options);
  }

  async #write(path: string, body: JsonObject, options: DatabaseWriteOptions): Promise<void> {
    if (options.dryRun !== true) await this.#ask({ method: "POST", path, body }, options);
  }

  async #read(path: string, options: DatabaseCallOptions): Promise<JsonObject> {
    return (await this.#ask({ method: "GET", path }, options)).data ?? {};
  }

  async #list(path: string, options: DatabaseCallOptions): Promise<readonly string[]> {
    const request = { method: "GET", path: `${path}?list=true`, accept: [404] } as const;
    const { status, errors, data } = await this.#ask(request, options);
    // An engine without roles answers 404 as well, but says nothing of it.
    if (status === 404 && errors.length > 0) await this.#ask({ ...request, accept: [] }, options);
    const keys = data?.["keys"];
    return Array.isArray(keys) ? keys.filter((key) => typeof key === "string") : [];
  }

  #ask(request: Omit<VaultRequest, "signal">, options: DatabaseCallOptions): Promise<VaultAnswer> {
    return this.#system({ ...request, path: `${this.#mount}/${request.path}` }, options);
  }

  #system(
    request: Omit<VaultRequest, "signal">,
    options: DatabaseCallOptions,
  ): Promise<VaultAnswer> {
    const { client, context } = this.#engine;
    return underDeadline(context, options, (signal) => ask(client, { ...request, signal }));
  }
}

/**
 * The body of the request that writes a role. Vault keeps what an update does not name, so what is
 * not given is named as well, with the value that stands for none.
 * @throws InvalidValueError, before any request
 */
function roleBody(role: DatabaseRole): Record<string, unknown> {
  checkTtls(role);
  const { creationStatements, revocationStatements, renewStatements, rollbackStatements } = role;
  if (role.checkStatements !== false) {
    const expiration = role.requireExpiration === false ? [] : (["expiration"] as const);
    checkStatements("creationStatements", creationStatements, ["name", "password", ...expiration]);
    checkStatements("revocationStatements", revocationStatements);
    checkStatements("renewStatements", renewStatements);
    checkStatements("rollbackStatements", rollbackStatements);
  }
  return {
    db_name: decodeURIComponent(encodeName(role.connection, "connection")),
    creation_statements: creationStatements,
    revocation_statements: revocationStatements ?? [],
    renew_statements: renewStatements ?? [],
    rollback_statements: rollbackStatements ?? [],
    default_ttl: role.defaultTtlSeconds ?? 0,
    max_ttl: role.maxTtlSeconds ?? 0,
  };
}
