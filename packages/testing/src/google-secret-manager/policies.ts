import { randomBytes } from "node:crypto";
import { invalidArgument } from "./failure.js";
import { asMessage, asText, type Message } from "./model.js";
import type { Registry } from "./registry.js";

/** Permissions that methods of Secret Manager ask for. */
export type SecretManagerPermission =
  | "secretmanager.secrets.create"
  | "secretmanager.secrets.get"
  | "secretmanager.secrets.update"
  | "secretmanager.secrets.delete"
  | "secretmanager.secrets.list"
  | "secretmanager.secrets.getIamPolicy"
  | "secretmanager.secrets.setIamPolicy"
  | "secretmanager.versions.add"
  | "secretmanager.versions.access"
  | "secretmanager.versions.get"
  | "secretmanager.versions.list"
  | "secretmanager.versions.enable"
  | "secretmanager.versions.disable"
  | "secretmanager.versions.destroy";

/**
 * The IAM methods. Policies are kept and returned but not applied: what a caller may do is set by
 * `deny` of the server.
 */
export class PolicyMethods {
  readonly #registry: Registry;
  readonly #isAllowed: (permission: string) => boolean;

  constructor(registry: Registry, isAllowed: (permission: string) => boolean) {
    this.#registry = registry;
    this.#isAllowed = isAllowed;
  }

  getIamPolicy(request: Message): Message {
    const secret = this.#registry.get(asText(request["resource"]));
    return asMessage(secret.policy ?? { version: 1, etag: "ACAB", bindings: [] });
  }

  setIamPolicy(request: Message): Message {
    const secret = this.#registry.get(asText(request["resource"]));
    secret.policy = { ...asMessage(request["policy"]), etag: randomBytes(6).toString("base64") };
    return asMessage(secret.policy);
  }

  /** An empty set, and not NOT_FOUND, for a secret that does not exist. */
  testIamPermissions(request: Message): Message {
    const name = this.#registry.secretName(asText(request["resource"]));
    const asked = request["permissions"];
    const permissions = Array.isArray(asked) ? asked.map(asText) : [];
    for (const permission of permissions) {
      if (!/^secretmanager\.(?:secrets|versions)\.[a-zA-Z]+$/u.test(permission)) {
        throw invalidArgument("A permission is not valid for secrets.");
      }
    }
    if (this.#registry.find(name) === undefined) return { permissions: [] };
    return { permissions: permissions.filter(this.#isAllowed) };
  }
}
