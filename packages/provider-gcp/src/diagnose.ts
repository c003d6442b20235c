import { randomUUID } from "node:crypto";
import type { ProviderContext, ProviderFinding } from "@kinko/core";
import { findingOfError, probeAccess } from "@kinko/core/diagnose";
import { Connection } from "./client/connection.js";
import { SecretManager } from "./client/secret-manager.js";
import { TokenSource } from "./client/tokens.js";
import { classifyError } from "./errors/classify.js";
import type { GcpOptions } from "./options.js";
import { resolveSettings, type GcpSettings } from "./settings.js";

/**
 * What `kinko doctor` is told: where requests go, whether there is a token, and what it may do,
 * tried on a name that nobody has.
 */
export async function diagnose(
  options: GcpOptions,
  context: ProviderContext,
): Promise<readonly ProviderFinding[]> {
  let settings: GcpSettings;
  try {
    settings = resolveSettings(options, context);
  } catch (error) {
    return [findingOfError("options", error, classifyError)];
  }
  const { host, port, transport, parent, credential } = settings;
  const tokens = new TokenSource(credential);
  const place: ProviderFinding[] = [
    { subject: "endpoint", ok: true, message: `The endpoint is ${host}:${port} by ${transport}.` },
    { subject: "project", ok: true, message: `Secrets are kept in ${parent}.` },
  ];
  try {
    await tokens.headers();
  } catch (error) {
    return [...place, findingOfError("credentials", error, classifyError)];
  }
  const found = `There is a token (credential: ${credential.method}).`;
  const connection = new Connection(settings, context.clock);
  try {
    const service = new SecretManager(connection, tokens);
    return [
      ...place,
      { subject: "credentials", ok: true, message: found },
      ...(await checkAccess(service, parent, context)),
    ];
  } finally {
    await connection.close();
  }
}

function checkAccess(
  service: SecretManager,
  parent: string,
  context: ProviderContext,
): Promise<ProviderFinding[]> {
  const name = `${parent}/secrets/kinko-doctor-${randomUUID()}`;
  return probeAccess(
    [
      {
        verb: "read",
        needs: "the role Secret Manager Secret Accessor",
        try: (signal) =>
          service.call("accessSecretVersion", { name: `${name}/versions/latest` }, signal),
      },
      {
        verb: "list",
        needs: "the role Secret Manager Viewer",
        try: (signal) =>
          service.call("listSecrets", { parent, filter: "", pageSize: 1, pageToken: "" }, signal),
      },
      {
        verb: "write",
        needs: "the role Secret Manager Admin, or Secret Version Adder for secrets that exist",
        try: (signal) =>
          service.call(
            "addSecretVersion",
            { parent: name, payload: { data: Buffer.from("-") } },
            signal,
          ),
      },
      {
        verb: "delete",
        needs: "the role Secret Manager Admin",
        try: (signal) => service.call("deleteSecret", { name }, signal),
      },
    ],
    { context, classifyError },
  );
}
