import { vaultError } from "../errors/vault-error.js";

/**
 * Checks a namespace before it gets near a header, where a line break would begin another one.
 * @throws ConfigError
 */
export function checkNamespace(namespace: string | undefined): string | undefined {
  if (namespace === undefined || /^[\u0021-\u007e]{0,1024}$/u.test(namespace)) return namespace;
  throw vaultError("Config", "The namespace has a character that it cannot have.", {
    reason: "bad-namespace",
    field: "namespace",
    advice: "Write it as team/project.",
  });
}
