import type { TransitKey } from "@kinko/provider-vault";
import type { CommandContext } from "../command.js";
import { formatPairs } from "../output/table.js";

/** Writes what is known of a key. */
export async function showKey({ output, globals }: CommandContext, key: TransitKey): Promise<void> {
  if (globals.json) {
    await output.json(key);
    return;
  }
  const can = Object.entries(key.supports).flatMap(([name, able]) => (able ? [name] : []));
  const pairs: [string, string][] = [
    ["name", key.name],
    ["type", key.type],
    ["can", can.join(", ")],
    ["newest version", String(key.latestVersion)],
    ["opens from version", String(key.minDecryptionVersion)],
    [
      "encrypts from version",
      key.minEncryptionVersion === 0 ? "newest" : String(key.minEncryptionVersion),
    ],
    ["trimmed before", key.minAvailableVersion === 0 ? "nothing" : String(key.minAvailableVersion)],
    ["derived", yes(key.derived)],
    ["convergent", yes(key.convergent)],
    ["exportable", yes(key.exportable)],
    ["plaintext backup", yes(key.allowPlaintextBackup)],
    ["deletion allowed", yes(key.deletionAllowed)],
    [
      "rotates itself",
      key.autoRotatePeriodSeconds === 0 ? "no" : `every ${key.autoRotatePeriodSeconds / 3_600} h`,
    ],
    ...key.versions.map(({ version, createdAt }): [string, string] => [
      `version ${version}`,
      createdAt?.toISOString() ?? "",
    ]),
  ];
  if (globals.plain) await output.records(pairs);
  else await output.data(formatPairs(pairs, output.style));
}

function yes(value: boolean): string {
  return value ? "yes" : "no";
}
