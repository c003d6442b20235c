/** Environment variables that the command reads, for `kinko help environment` and the README. */
export const environmentVariables: readonly (readonly [name: string, meaning: string])[] = [
  ["KINKO_CONFIG", "config file to use; --config wins"],
  ["KINKO_PROVIDER", "entry or provider that serves secrets, instead of the config's `provider`"],
  [
    "KINKO_<ENTRY>_<OPTION>",
    "an option of an entry: KINKO_VAULT_ADDRESS is `address` of vault, a double underscore goes one level down",
  ],
  [
    "KINKO_RESILIENCE_<OPTION>",
    "a setting of `resilience`: KINKO_RESILIENCE_CACHE__TTL_SECONDS is `cache.ttlSeconds`; KINKO_<ENTRY>_RESILIENCE__… is that of one entry",
  ],
  ["KINKO_LEASES_<OPTION>", "a setting of `leases`, such as KINKO_LEASES_OVERLAP_MS"],
  ["NO_COLOR", "any text: no colours"],
  ["VISUAL, EDITOR", "the editor of kinko edit"],
];
