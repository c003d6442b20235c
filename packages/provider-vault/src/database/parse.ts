import { isObject, type JsonObject } from "../client/answer.js";
import { positiveOf, textOf, textsOf } from "../engine/fields.js";
import { hasLogin } from "./connection-body.js";
import type { ConnectionInfo, DatabaseRoleInfo, StaticRoleInfo } from "./types.js";

/** A connection as Vault describes it. */
export function parseConnection(name: string, data: JsonObject): ConnectionInfo {
  const details = isObject(data["connection_details"]) ? data["connection_details"] : {};
  const url = textOf(details, "connection_url");
  return {
    name,
    pluginName: textOf(data, "plugin_name") ?? "",
    allowedRoles: textsOf(data, "allowed_roles"),
    passwordPolicy: textOf(data, "password_policy"),
    username: textOf(details, "username"),
    connectionUrl: url === undefined || hasLogin(url) ? undefined : url,
    verify: data["verify_connection"] !== false,
  };
}

/** A role as Vault describes it. */
export function parseRole(name: string, data: JsonObject): DatabaseRoleInfo {
  return {
    name,
    connection: textOf(data, "db_name") ?? "",
    creationStatements: textsOf(data, "creation_statements"),
    revocationStatements: textsOf(data, "revocation_statements"),
    renewStatements: textsOf(data, "renew_statements"),
    rollbackStatements: textsOf(data, "rollback_statements"),
    defaultTtlSeconds: positiveOf(data, "default_ttl"),
    maxTtlSeconds: positiveOf(data, "max_ttl"),
  };
}

/** A static role as Vault describes it. */
export function parseStaticRole(name: string, data: JsonObject): StaticRoleInfo {
  const rotated = new Date(textOf(data, "last_vault_rotation") ?? Number.NaN);
  return {
    name,
    connection: textOf(data, "db_name") ?? "",
    username: textOf(data, "username") ?? "",
    rotationPeriodSeconds: positiveOf(data, "rotation_period") ?? 0,
    rotationStatements: textsOf(data, "rotation_statements"),
    lastRotatedAt: Number.isNaN(rotated.getTime()) ? undefined : rotated,
  };
}
