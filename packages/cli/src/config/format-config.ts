/** Text of a config file for one provider. */
export function formatConfig(
  provider: string,
  options: Readonly<Record<string, unknown>>,
  format: "yaml" | "json",
): string {
  const present = Object.entries(options).filter(([, value]) => value !== undefined);
  if (format === "json") {
    const providers =
      present.length === 0 ? {} : { providers: { [provider]: Object.fromEntries(present) } };
    return `${JSON.stringify({ provider, ...providers }, null, 2)}\n`;
  }
  // Scalars and nested values are written as JSON, which is YAML too and needs no writer.
  const lines = present.map(([name, value]) => `    ${key(name)}: ${JSON.stringify(value)}\n`);
  const providers = lines.length === 0 ? "" : `providers:\n  ${key(provider)}:\n${lines.join("")}`;
  return `# Which store serves secrets. Changing this line (or KINKO_PROVIDER) switches it.\nprovider: ${key(provider)}\n${providers}`;
}

function key(name: string): string {
  return /^[A-Za-z][\w-]*$/u.test(name) && !/^(true|false|null|yes|no|on|off|y|n)$/iu.test(name)
    ? name
    : JSON.stringify(name);
}
