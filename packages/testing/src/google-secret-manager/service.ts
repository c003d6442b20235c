import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "@kinko/core";
import { ServiceFault } from "./failure.js";
import { faultAnswer, Faults, type FaultAction } from "./faults.js";
import { asMessage, asText, type Message } from "./model.js";
import { PolicyMethods, type SecretManagerPermission } from "./policies.js";
import { QuotaLimiter } from "./quotas.js";
import { Registry, type Project } from "./registry.js";
import { SecretMethods } from "./secrets.js";
import { VersionMethods } from "./versions.js";

/** Methods that are served, and the permission that each asks for. */
const permissionOf = {
  listSecrets: "secretmanager.secrets.list",
  createSecret: "secretmanager.secrets.create",
  addSecretVersion: "secretmanager.versions.add",
  getSecret: "secretmanager.secrets.get",
  updateSecret: "secretmanager.secrets.update",
  deleteSecret: "secretmanager.secrets.delete",
  listSecretVersions: "secretmanager.versions.list",
  getSecretVersion: "secretmanager.versions.get",
  accessSecretVersion: "secretmanager.versions.access",
  disableSecretVersion: "secretmanager.versions.disable",
  enableSecretVersion: "secretmanager.versions.enable",
  destroySecretVersion: "secretmanager.versions.destroy",
  setIamPolicy: "secretmanager.secrets.setIamPolicy",
  getIamPolicy: "secretmanager.secrets.getIamPolicy",
  /** Anybody may ask for their own permissions. */
  testIamPermissions: undefined,
} as const satisfies Record<string, SecretManagerPermission | undefined>;

/** A method of Secret Manager, such as `accessSecretVersion`. */
export type MethodName = keyof typeof permissionOf;

export const methodNames = Object.keys(permissionOf) as readonly MethodName[];

/** A request, without its payload and token. */
export interface SecretManagerCall {
  readonly method: MethodName;
  readonly transport: "grpc" | "rest";
  /** What it is about, such as `projects/p/secrets/s`. */
  readonly resource: string;
  /** Whether it carried a token. */
  readonly authorized: boolean;
  readonly atMs: number;
}

/** What becomes of a request. */
export type Outcome =
  | { readonly type: "answer"; readonly message: Message }
  | { readonly type: "fault"; readonly fault: ServiceFault }
  /** What goes wrong below the level of messages; the transport does it. */
  | {
      readonly type: "broken";
      readonly action: FaultAction;
      readonly message: Message | undefined;
    };

/** The service behind both transports. */
export class SecretManagerService {
  readonly calls: SecretManagerCall[] = [];
  readonly faults = new Faults();
  readonly #clock: Clock;
  readonly #isToken: ((token: string) => boolean) | undefined;
  readonly #handlers: Readonly<Record<MethodName, (request: Message) => Message>>;
  readonly #quotas: QuotaLimiter | undefined;
  #denied: ReadonlySet<string> = new Set();

  constructor(
    project: Project,
    clock: Clock,
    rules: {
      readonly isToken: ((token: string) => boolean) | undefined;
      readonly enforceQuotas: boolean;
    },
  ) {
    this.#clock = clock;
    this.#isToken = rules.isToken;
    this.#quotas = rules.enforceQuotas ? new QuotaLimiter(clock) : undefined;
    const registry = new Registry(project, clock);
    const secrets = new SecretMethods(registry);
    const versions = new VersionMethods(registry);
    const policies = new PolicyMethods(registry, (permission) => !this.#denied.has(permission));
    this.#handlers = {
      listSecrets: (request) => secrets.listSecrets(request),
      createSecret: (request) => secrets.createSecret(request),
      addSecretVersion: (request) => versions.addSecretVersion(request),
      getSecret: (request) => secrets.getSecret(request),
      updateSecret: (request) => secrets.updateSecret(request),
      deleteSecret: (request) => secrets.deleteSecret(request),
      listSecretVersions: (request) => versions.listSecretVersions(request),
      getSecretVersion: (request) => versions.getSecretVersion(request),
      accessSecretVersion: (request) => versions.accessSecretVersion(request),
      disableSecretVersion: (request) => versions.disableSecretVersion(request),
      enableSecretVersion: (request) => versions.enableSecretVersion(request),
      destroySecretVersion: (request) => versions.destroySecretVersion(request),
      setIamPolicy: (request) => policies.setIamPolicy(request),
      getIamPolicy: (request) => policies.getIamPolicy(request),
      testIamPermissions: (request) => policies.testIamPermissions(request),
    };
  }

  deny(permissions: readonly SecretManagerPermission[]): void {
    this.#denied = new Set(permissions);
  }

  async serve(
    method: MethodName,
    request: Message,
    {
      transport,
      authorization,
    }: { readonly transport: "grpc" | "rest"; readonly authorization: string | undefined },
  ): Promise<Outcome> {
    const call = {
      method,
      transport,
      resource: resourceOf(request),
      authorized: authorization !== undefined,
      atMs: this.#clock.now(),
    };
    this.calls.push(call);
    const action = this.faults.take(call);
    if (action?.type === "latency") await delay(action.latencyMs);
    if (action?.type === "reset") return { type: "broken", action, message: undefined };
    const fault = action === undefined ? undefined : faultAnswer(action);
    if (fault !== undefined) return { type: "fault", fault };
    try {
      this.#admit(method, call.resource, authorization);
      const message = this.#handlers[method](request);
      if (action === undefined || action.type === "latency") return { type: "answer", message };
      if (action.type === "corrupt-payload") return { type: "answer", message: corrupted(message) };
      return { type: "broken", action, message };
    } catch (error) {
      if (error instanceof ServiceFault) return { type: "fault", fault: error };
      return { type: "fault", fault: new ServiceFault("INTERNAL", "Internal error encountered.") };
    }
  }

  #admit(method: MethodName, resource: string, authorization: string | undefined): void {
    const token = /^Bearer (\S+)$/u.exec(authorization ?? "")?.[1];
    if (this.#isToken !== undefined && (token === undefined || !this.#isToken(token))) {
      throw new ServiceFault("UNAUTHENTICATED", "Request had invalid authentication credentials.", {
        reason: token === undefined ? "CREDENTIALS_MISSING" : "ACCESS_TOKEN_TYPE_UNSUPPORTED",
      });
    }
    this.#quotas?.admit(method);
    const permission = permissionOf[method];
    if (permission === undefined || !this.#denied.has(permission)) return;
    throw new ServiceFault(
      "PERMISSION_DENIED",
      `Permission '${permission}' denied for resource '${resource}' (or it may not exist).`,
      { reason: "IAM_PERMISSION_DENIED" },
    );
  }
}

function resourceOf(request: Message): string {
  const { name, parent, resource } = request as Record<string, unknown>;
  return asText(name ?? parent ?? resource ?? asMessage(request["secret"])["name"]);
}

function corrupted(message: Message): Message {
  const payload = asMessage(message["payload"]);
  const data = Buffer.from(asText(payload["data"]), "base64");
  if (data.length > 0) data[0] = (data[0] ?? 0) ^ 1;
  return { ...message, payload: { ...payload, data: data.toString("base64") } };
}
