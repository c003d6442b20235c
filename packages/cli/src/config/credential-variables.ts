import type { KinkoConfig } from "@kinko/core";

/**
 * Variables from which the config takes what opens its stores: `${env:NAME}`, and options that name
 * a variable, such as `passphraseEnv`. A program that is given secrets has no need of them.
 */
export function credentialVariables(config: KinkoConfig): string[] {
  const found = new Set<string>();
  const visit = (value: unknown, option: string): void => {
    if (typeof value === "string") {
      for (const [, name] of value.matchAll(/\$\{env:([^}]*)\}/gu)) found.add(name as string);
      if (option.endsWith("Env")) found.add(value);
    } else if (typeof value === "object" && value !== null) {
      for (const [name, inner] of Object.entries(value)) visit(inner, name);
    }
  };
  visit(config.providers ?? {}, "");
  return [...found].sort();
}
