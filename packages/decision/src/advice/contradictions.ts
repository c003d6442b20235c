import type { NormalProfile } from "../profile/values.js";

/**
 * Answers that do not fit together. They never change the verdict (every answer counts as given);
 * they are shown so that a person can look at them again.
 */
export function contradictionsIn(profile: NormalProfile): string[] {
  const found: string[] = [];
  const clouds = profile.clouds.value ?? [];
  if (profile.onPremisesOnly.value === true && clouds.length > 0) {
    found.push(`onPremisesOnly is yes, but clouds names ${clouds.join(", ")}`);
  }
  if (profile.onPremisesOnly.value === true && profile.multiCloud.value === true) {
    found.push("onPremisesOnly and multiCloud are both yes");
  }
  if (profile.multiCloud.value === false && clouds.length > 1) {
    found.push(`multiCloud is no, but clouds names ${clouds.join(", ")}`);
  }
  if (
    profile.plainEnvironmentVariablesSuffice.value === true &&
    profile.needsDynamicSecrets.value === true
  ) {
    found.push("plainEnvironmentVariablesSuffice is yes, but dynamic secrets are needed");
  }
  const count = profile.environmentCount.value;
  const names = profile.environmentNames.value;
  if (count !== null && names !== null && names.length > count) {
    found.push(`environmentCount is ${count}, but environmentNames has ${names.length}`);
  }
  return found;
}
