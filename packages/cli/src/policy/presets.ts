import type { NamedPolicy } from "@kinko/provider-vault/policies";
import { loadPolicyCode } from "./load-policies.js";
import type { SettingKinds, Settings } from "./settings.js";

type PolicyCode = Awaited<ReturnType<typeof loadPolicyCode>>;

interface Preset {
  readonly settings: SettingKinds;
  /** The settings were checked by name and kind; the preset checks what they say. */
  readonly make: (code: PolicyCode, settings: never) => NamedPolicy;
}

const place = { mount: "text", kvVersion: "number" } as const;

/** Policies that need no file, and their settings. */
export const presets = {
  developer: {
    settings: { environment: "text", ...place },
    make: (code, settings) => ({ name: "developer", policy: code.developerPolicy(settings) }),
  },
  devops: {
    settings: place,
    make: (code, settings) => ({ name: "devops", policy: code.devopsPolicy(settings) }),
  },
  application: {
    settings: { application: "text!", environment: "text", ...place },
    make: (code, settings) => ({ name: "application", policy: code.applicationPolicy(settings) }),
  },
  identity: {
    settings: { folder: "text!", ...place },
    make: (code, settings) => ({ name: "identity", policy: code.identityPolicy(settings) }),
  },
  isolation: {
    settings: { environment: "text!", others: "list!", ...place },
    make: (code, settings) => ({ name: "isolation", policy: code.isolationPolicy(settings) }),
  },
  "global-deny": {
    settings: { name: "text", also: "list" },
    make: (code, settings) => code.globalDenyLayer(settings),
  },
  "environment-base": {
    settings: { environment: "text!", folder: "text", name: "text", ...place },
    make: (code, settings) => code.environmentBaseLayer(settings),
  },
} as const satisfies Readonly<Record<string, Preset>>;

export type PresetName = keyof typeof presets;

/** The policy of a preset. @throws InvalidValueError for a setting that could change its meaning */
export async function makePreset(name: PresetName, settings: Settings): Promise<NamedPolicy> {
  const preset: Preset = presets[name];
  return preset.make(await loadPolicyCode(), settings as never);
}
