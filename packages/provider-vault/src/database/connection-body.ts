import { Secret } from "@kinko/core";
import { vaultError } from "../errors/vault-error.js";
import { checkStatements } from "./check-statements.js";
import { checkText, encodeName } from "./check-values.js";
import type { DatabaseConnection, PluginConnection, PostgresConnection } from "./types.js";

const sslModes: ReadonlySet<unknown> = new Set(["disable", "require", "verify-ca", "verify-full"]);

/** Options of plugins that have a place of their own here, where they are checked. */
const reserved: ReadonlySet<string> = new Set([
  "plugin_name",
  "allowed_roles",
  "username",
  "password",
  "password_policy",
  "verify_connection",
  "root_rotation_statements",
]);

/**
 * The body of the request that configures a connection. Vault keeps what an update does not name;
 * so of what Kinko has options for, all is named, with the value that stands for none.
 * @throws InvalidValueError, before any request
 */
export function connectionBody(connection: DatabaseConnection): Record<string, unknown> {
  const { allowedRoles, passwordPolicy, rootRotationStatements, verify = true } = connection;
  if (!Array.isArray(allowedRoles) || allowedRoles.length === 0) throw noRoles();
  for (const role of allowedRoles as readonly string[]) {
    // A star stands for any end of a name.
    if (role !== "*") encodeName(role.replace(/\*$/u, ""), "allowedRoles");
  }
  if (passwordPolicy !== undefined) encodeName(passwordPolicy, "passwordPolicy");
  checkStatements("rootRotationStatements", rootRotationStatements, ["name", "password"]);
  const own = connection.type === "postgresql" ? postgresBody(connection) : pluginBody(connection);
  return {
    ...own,
    allowed_roles: allowedRoles,
    verify_connection: verify,
    password_policy: passwordPolicy ?? "",
    root_rotation_statements: rootRotationStatements ?? [],
  };
}

function postgresBody(connection: PostgresConnection): Record<string, unknown> {
  const { port = 5432, sslMode = "verify-full", caCertificate, maxOpenConnections } = connection;
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw bad("port");
  if (!sslModes.has(sslMode)) throw bad("sslMode");
  return {
    plugin_name: "postgresql-database-plugin",
    connection_url: postgresUrl(connection.host, port, connection.database, sslMode),
    username: checkText("username", connection.username),
    password: passwordText(connection.password),
    tls_ca: caCertificate ?? "",
    // Of 0, Vault makes its default.
    max_open_connections: maxOpenConnections ?? 0,
  };
}

function postgresUrl(host: string, port: number, database: string, sslMode: string): string {
  const name = checkText("host", host);
  const isHost = /^(?:[\w.-]+|\[[0-9a-f:.]+\]|[0-9a-f:.]*:[0-9a-f:.]+)$/iu.test(name);
  if (!isHost) throw bad("host");
  const place = name.includes(":") && !name.startsWith("[") ? `[${name}]` : name;
  const path = encodeURIComponent(checkText("database", database));
  return `postgresql://{{username}}:{{password}}@${place}:${port}/${path}?sslmode=${sslMode}`;
}

function pluginBody(connection: PluginConnection): Record<string, unknown> {
  const { pluginName, username, password, options = {} } = connection;
  for (const [name, value] of Object.entries(options)) {
    if (reserved.has(name) || !/^[a-z][a-z0-9_]*$/u.test(name)) throw bad(`options.${name}`);
    if (name === "connection_url" && hasLogin(String(value))) throw loginInUrl();
  }
  return {
    ...options,
    plugin_name: encodeName(pluginName, "pluginName"),
    ...(username === undefined ? {} : { username: checkText("username", username) }),
    ...(password === undefined ? {} : { password: passwordText(password) }),
  };
}

/** Whether a connection string holds a login of its own in place of the markers. */
export function hasLogin(url: string): boolean {
  const login = /^(?:[a-z][\w+.-]*:\/\/)?(?<login>[^/@]*(?:\/[^/@]*)*?)@/iu.exec(url)?.groups?.[
    "login"
  ];
  if (login === undefined) return /password\s*=\s*(?!['"]?\{\{password\}\})/iu.test(url);
  const password = login.slice(login.indexOf(":") + 1);
  return login.includes(":") && password !== "{{password}}";
}

function passwordText(password: PostgresConnection["password"]): string {
  const text = Secret.from(password).text();
  if (text === "" || text.includes("\0")) throw bad("password");
  return text;
}

function noRoles(): Error {
  return vaultError("InvalidValue", "No role may use the connection.", {
    reason: "no-allowed-roles",
    field: "allowedRoles",
    advice: "Name the roles; they need not exist yet.",
  });
}

function loginInUrl(): Error {
  return vaultError(
    "InvalidValue",
    "The connection URL has a login in it, which Vault shows to all.",
    {
      reason: "credentials-in-url",
      field: "options.connection_url",
      advice: "Write {{username}}:{{password}} there, and give both as options of their own.",
    },
  );
}

function bad(field: string): Error {
  return vaultError("InvalidValue", "An option of the connection cannot be used.", {
    reason: "bad-value",
    field: /^[\w.]{1,64}$/u.test(field) ? field : "options",
    advice: "Correct the option that is named here.",
  });
}
