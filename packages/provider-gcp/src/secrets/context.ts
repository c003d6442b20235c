import type { SecretPath } from "@kinko/core";
import type { SecretManager } from "../client/secret-manager.js";
import type { GcpSettings } from "../settings.js";

/** What the operations on secrets work with. */
export interface SecretsContext {
  readonly service: SecretManager;
  readonly settings: GcpSettings;
}

/** `projects/P/secrets/NAME`. @throws InvalidRefError before any request */
export function resourceName({ settings }: SecretsContext, path: SecretPath): string {
  return `${settings.parent}/secrets/${settings.names.encode(path)}`;
}

/** The last part of a resource name. */
export function lastPart(name: string | null | undefined): string {
  return (name ?? "").slice((name ?? "").lastIndexOf("/") + 1);
}
