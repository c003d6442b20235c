import { vaultError } from "../../errors/vault-error.js";
import type { AuthSettings } from "../auth-settings.js";
import type { AuthDependencies } from "../create-auth.js";
import { login } from "../login.js";
import type { LoginMethod } from "../login-method.js";
import { askMetadataServiceForJson } from "../metadata-service.js";

/** Versions of Azure's Instance Metadata Service that its documentation names for these questions. */
const identityVersion = "2018-02-01";
const instanceVersion = "2021-02-01";

/** Azure: the managed identity of the virtual machine, scale set or pod that this runs on. */
export function azureIdentity(
  settings: Extract<AuthSettings, { readonly method: "azure" }>,
  { request }: AuthDependencies,
): LoginMethod {
  const { role, mount, resource, clientId } = settings;
  const base = settings.metadataAddress ?? "http://169.254.169.254";
  const ask = (
    path: string,
    query: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Readonly<Record<string, unknown>>> =>
    askMetadataServiceForJson({
      url: `${base}/metadata/${path}?${new URLSearchParams(query).toString()}`,
      headers: { Metadata: "true" },
      signal,
      cloud: "Azure",
    });
  return {
    name: "azure",
    async login(signal) {
      const [identity, instance] = await Promise.all([
        ask(
          "identity/oauth2/token",
          {
            "api-version": identityVersion,
            resource,
            ...(clientId === undefined ? {} : { client_id: clientId }),
          },
          signal,
        ),
        ask("instance/compute", { "api-version": instanceVersion }, signal),
      ]);
      const jwt = identity["access_token"];
      if (typeof jwt !== "string") {
        throw vaultError("Unauthenticated", "Azure's metadata service gave no token.", {
          reason: "no-credentials",
          advice: "Assign a managed identity to this machine, or set auth.clientId to one of them.",
        });
      }
      return login(request, {
        path: `${mount}/login`,
        body: { role, jwt, ...machineOf(instance) },
        signal,
        title: "Azure",
        name: "azure",
        advice: "Check auth.role, what it is bound to, and auth.resource.",
      });
    },
    close: () => undefined,
  };
}

function machineOf(compute: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const text = (key: string): string | undefined => {
    const value = compute[key];
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const scaleSet = text("vmScaleSetName");
  const fields = {
    subscription_id: text("subscriptionId"),
    resource_group_name: text("resourceGroupName"),
    vmss_name: scaleSet,
    // In a scale set the name of the machine is not what Vault looks up.
    vm_name: scaleSet === undefined ? text("name") : undefined,
  };
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
