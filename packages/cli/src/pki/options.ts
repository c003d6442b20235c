import type { CertificateRequest, PkiCapability } from "@kinko/provider-vault";
import type { CommandContext, OptionSpec } from "../command.js";
import { durationOf } from "../input/option-values.js";
import type { ParsedInput } from "../input/parse-arguments.js";
import { ttlOption } from "../vault/options.js";

/** Another mount than that of `kinko pki init`. */
export const mountOption: OptionSpec = {
  name: "mount",
  value: "PATH",
  description: "path of the PKI engine (default pki_int)",
};

/** What a certificate says beside its name. */
export const requestOptions: readonly OptionSpec[] = [
  { name: "alt-name", value: "NAME", repeatable: true, description: "a further name" },
  { name: "ip", value: "ADDRESS", repeatable: true, description: "an IP address" },
  { name: "uri", value: "URI", repeatable: true, description: "a URI" },
  ttlOption,
];

/** The engine that the command line means. */
export async function openPki(context: CommandContext, input: ParsedInput): Promise<PkiCapability> {
  const mount = input.text("mount") ?? "pki_int";
  return (await context.openStore()).as("pki").at(mount);
}

/** What a certificate is to say. */
export function requestOf(input: ParsedInput): CertificateRequest {
  const [role, commonName] = input.args as [string, string];
  return {
    role,
    commonName,
    altNames: input.list("alt-name"),
    ipSans: input.list("ip"),
    uriSans: input.list("uri"),
    ttlSeconds: durationOf(input, "ttl"),
  };
}
