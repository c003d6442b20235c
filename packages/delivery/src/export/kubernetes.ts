import { ConfigError } from "@kinko/core";
import type { EnvironmentVariable } from "../environment/environment.js";
import type { ExportOptions } from "./export-environment.js";

/** RFC 1123 label and subdomain, as Kubernetes asks of names: "Object Names and IDs" in its docs. */
const label = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/u;
const maxNameLength = 253;
const maxNamespaceLength = 63;

/** A manifest of a Secret; its data is base64, so that every byte arrives. */
export function exportKubernetes(
  variables: readonly EnvironmentVariable[],
  { name, namespace }: ExportOptions,
): string {
  if (
    name === undefined ||
    name.length > maxNameLength ||
    !name.split(".").every((part) => label.test(part))
  ) {
    throw nameError("The Kubernetes Secret needs a name of lower-case letters, digits, - and .");
  }
  if (
    namespace !== undefined &&
    (namespace.length > maxNamespaceLength || !label.test(namespace))
  ) {
    throw nameError("The namespace of a Kubernetes Secret is lower-case letters, digits and -");
  }
  const data = variables.map((variable) => `  "${variable.name}": "${base64(variable)}"\n`);
  return [
    "apiVersion: v1\n",
    "kind: Secret\n",
    "metadata:\n",
    `  name: "${name}"\n`,
    ...(namespace === undefined ? [] : [`  namespace: "${namespace}"\n`]),
    "type: Opaque\n",
    ...(data.length === 0 ? ["data: {}\n"] : ["data:\n", ...data]),
  ].join("");
}

function base64({ value }: EnvironmentVariable): string {
  const bytes = value.bytes();
  try {
    return bytes.toString("base64");
  } finally {
    bytes.fill(0);
  }
}

function nameError(what: string): ConfigError {
  return new ConfigError(`${what}.`, {
    reason: "kubernetes-name",
    advice: "Name it such as my-app-secrets.",
  });
}
