import { resolve } from "node:path";
import type { AccessManifest, WiderAccess } from "@kinko/core/access";
import type { NamedPolicy } from "@kinko/provider-vault/policies";
import type { CliIo } from "../io.js";
import { loadPolicyCode } from "./load-policies.js";
import type { SettingKinds, Settings } from "./settings.js";

/** Who keeps the secrets that a manifest is about. */
export type Backend = "vault" | "aws" | "azure" | "gcp";

/** What the rights of each backend need to know beside the manifest. */
export const backendSettings: Readonly<Record<Backend, SettingKinds>> = {
  vault: { mount: "text", kvVersion: "number", selfService: "boolean" },
  aws: {
    region: "text!",
    accountId: "text!",
    partition: "text",
    kmsKeyArn: "text",
    naming: "text",
    prefix: "text",
  },
  azure: {
    subscriptionId: "text!",
    resourceGroup: "text!",
    vaultName: "text!",
    principalId: "text!",
    principalType: "text",
    folders: "text",
    naming: "text",
  },
  gcp: {
    projectId: "text!",
    member: "text!",
    projectNumber: "text",
    location: "text",
    createSecrets: "boolean",
    naming: "text",
  },
};

/** A policy of Vault, or a document of a cloud with what it allows beyond what was asked. */
export type GeneratedRights =
  | { readonly kind: "vault"; readonly policy: NamedPolicy }
  | { readonly kind: "cloud"; readonly document: unknown; readonly wider: readonly WiderAccess[] };

/**
 * The least rights for what an application uses.
 * @throws ConfigError with line and column of what is wrong in the manifest, or naming a setting
 */
export async function generateRights(
  io: CliIo,
  file: string,
  backend: Backend,
  settings: Settings,
): Promise<GeneratedRights> {
  const { readAccessManifest } = await import("@kinko/core/access");
  const manifest = await readAccessManifest(resolve(io.cwd, file));
  if (backend !== "vault")
    return { kind: "cloud", ...(await cloudRights(manifest, backend, settings)) };
  const { vaultPolicyFor } = await loadPolicyCode();
  const policy = vaultPolicyFor(manifest, settings);
  return { kind: "vault", policy: { name: manifest.application, policy } };
}

async function cloudRights(
  manifest: AccessManifest,
  backend: Exclude<Backend, "vault">,
  settings: Settings,
): Promise<{ readonly document: unknown; readonly wider: readonly WiderAccess[] }> {
  // Names and kinds of the settings were checked; what they say is checked by the generators.
  const given = settings as never;
  if (backend === "aws") {
    const { iamPolicyFor } = await import("@kinko/provider-aws/policies");
    return iamPolicyFor(manifest, given);
  }
  if (backend === "azure") {
    const { azureRolesFor } = await import("@kinko/provider-azure/policies");
    const { wider, ...document } = azureRolesFor(manifest, given);
    return { document, wider };
  }
  const { gcpBindingsFor } = await import("@kinko/provider-gcp/policies");
  const { wider, ...document } = gcpBindingsFor(manifest, given);
  return { document, wider };
}
