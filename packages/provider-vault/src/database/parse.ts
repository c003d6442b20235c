import { isObject, type JsonObject } from "../client/answer.js";
import { hasLogin } from "./connection-body.js";
import type { ConnectionInfo, DatabaseRoleInfo, StaticRoleInfo } from "./types.js";

/** A connection as Vault describes it. */
export function parseConnection(name: string, data: JsonObject): ConnectionInfo {
  const details = isObject(data["connection_details"]) ? data["connection_details"] : {};
  const url = text(details["connection_url"]);
  return {
    name,
    pluginName: text(data["plugin_name"]) ?? "",
    allowedRoles: texts(data["allowed_roles"]),
    passwordPolicy: text(data["password_policy"]),
    username: text(details["username"]),
    connectionUrl: url === undefined || hasLogin(url) ? undefined : url,
    verify: data["verify_connection"] !== false,
  };
}

/** A role as Vault describes it. */
export function parseRole(name: string, data: JsonObject): DatabaseRoleInfo {
  return {
    name,
    connection: text(data["db_name"]) ?? "",
    creationStatements: texts(data["creation_statements"]),
    revocationStatements: texts(data["revocation_statements"]),
    renewStatements: texts(data["renew_statements"]),
    rollbackStatements: texts(data["rollback_statements"]),
    defaultTtlSeconds: positive(data["default_ttl"]),
    maxTtlSeconds: positive(data["max_ttl"]),
  };
}

/** A static role as Vault describes it. */
export function parseStaticRole(name: string, data: JsonObject): StaticRoleInfo {
  const rotated = new Date(text(data["last_vault_rotation"]) ?? Number.NaN);
  return {
    name,
    connection: text(data["db_name"]) ?? "",
    username: text(data["username"]) ?? "",
    rotationPeriodSeconds: positive(data["rotation_period"]) ?? 0,
    rotationStatements: texts(data["rotation_statements"]),
    lastRotatedAt: Number.isNaN(rotated.getTime()) ? undefined : rotated,
  };
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

function positive(value: unknown): number | undefined {
  return typeof value === "number" && value > 0 ? value : undefined;
}
