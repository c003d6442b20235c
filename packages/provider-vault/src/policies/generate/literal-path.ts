import { formatPath, type SecretPath } from "@kinko/core";
import { vaultError } from "../../errors/vault-error.js";
import { encodePath, encodePathOfVersion1 } from "../../names.js";

/**
 * A secret's or folder's path as a rule writes it: in plain characters, which Vault compares with the
 * decoded path of a request.
 *
 * @throws InvalidRefError for a name that Vault cannot hold; UnsupportedError with the reason
 * `not-expressible` for one that a rule would read as a glob or a template, which has no escape
 */
export function literalPath(path: SecretPath, kvVersion: 1 | 2, kind: "secret" | "folder"): string {
  // Refuses what every request would.
  if (path.length > 0) (kvVersion === 1 ? encodePathOfVersion1 : encodePath)(path);
  const text = path.join("/");
  const isGlob =
    path.includes("+") || text.includes("+*") || (kind === "secret" && text.endsWith("*"));
  if (isGlob || text.includes("{{") || text.includes("}}"))
    throw vaultError("Unsupported", "No rule of Vault is for a path with this name alone.", {
      reason: "not-expressible",
      field: formatPath(path),
      advice: "Rename it: a segment +, a star at the end, {{ and }} mean something else there.",
    });
  return text;
}
