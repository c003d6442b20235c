/** Clouds that a profile can name. */
export const cloudNames = ["aws", "azure", "gcp", "other"] as const;
/** One of {@link cloudNames}. */
export type CloudName = (typeof cloudNames)[number];

/** What places the applications' processes on machines. */
export const orchestratorNames = ["kubernetes", "nomad", "compose", "none"] as const;
/** One of {@link orchestratorNames}. */
export type OrchestratorName = (typeof orchestratorNames)[number];

/** The plain value of every answer a profile can hold. */
export interface ProfileValues {
  /** How many secrets there are, counted once per environment. A whole number, 0 or more. */
  readonly secretCount: number;
  /** How many environments run (development, staging, production, …). A whole number, 0 or more. */
  readonly environmentCount: number;
  /** How many people develop the project. A whole number, 0 or more. */
  readonly developerCount: number;
  /** Whether credentials must be made on demand and die with a lease. */
  readonly needsDynamicSecrets: boolean;
  /** Whether every access to a secret must be recorded and attributable. */
  readonly strictAudit: boolean;
  /** Whether running on several clouds is the strategy. Without an answer, two named `clouds` say yes. */
  readonly multiCloud: boolean;
  /** Compliance duties, e.g. `soc2`, `hipaa`, `pci-dss`. An empty list means none. */
  readonly complianceDuties: readonly string[];
  /** Whether plain environment variables are good enough. */
  readonly plainEnvironmentVariablesSuffice: boolean;
  /** Whether there is little operations capacity. Without an answer, the next two are measured. */
  readonly limitedOperations: boolean;
  /** Hours a week that operating a secret store may take. */
  readonly operationsHoursPerWeek: number;
  /** People who would operate it. */
  readonly operationsPeople: number;
  /** Whether everything runs on premises and nothing is cloud-native. */
  readonly onPremisesOnly: boolean;
  /** The environments' names. Without `environmentCount` they are counted. */
  readonly environmentNames: readonly string[];
  /** Clouds in use; the first is the one that a Vault cluster would run on. */
  readonly clouds: readonly CloudName[];
  /** What places the applications' processes on machines. */
  readonly orchestrator: OrchestratorName;
  /** Whether the applications may be changed to ask for their secrets. */
  readonly applicationsMayChange: boolean;
  /** Whether many short-lived jobs read secrets at a high rate. */
  readonly shortLivedHighThroughput: boolean;
  /** How many node failures at once the store must survive. A whole number, 0 or more. */
  readonly toleratedNodeFailures: number;
  /** Whether Vault Enterprise (and so namespaces and Sentinel) is or will be licensed. */
  readonly vaultEnterprise: boolean;
  /** Whether a Vault with Consul storage already runs. */
  readonly existingConsulStorage: boolean;
}

/** The name of one answer. */
export type ProfileField = keyof ProfileValues;

/** An answer together with what was seen and where. */
export interface EvidencedAnswer<T> {
  /** The answer; null when it is unknown. */
  readonly value: T | null;
  /** What was seen, e.g. `41 names in 3 files`. */
  readonly evidence?: string | undefined;
  /** Where it was seen, e.g. `.env files`. */
  readonly source?: string | undefined;
}

/** One answer: plain, with evidence, or null for unknown. */
export type Answer<T> = T | null | EvidencedAnswer<T>;

/** What is known about a project. Every answer may be absent or null, which both mean unknown. */
export type Profile = {
  readonly [F in ProfileField]?: Answer<ProfileValues[F]> | undefined;
};

/** An answer in its one normal form; `value` null means unknown. */
export interface NormalAnswer<T> {
  readonly value: T | null;
  readonly evidence: string | null;
  readonly source: string | null;
}

/** A profile in normal form: every answer present, in one order, unknown ones with value null. */
export type NormalProfile = {
  readonly [F in ProfileField]: NormalAnswer<ProfileValues[F]>;
};

/** Every field in the order in which it is printed. */
export const profileFields = [
  "secretCount",
  "environmentCount",
  "developerCount",
  "needsDynamicSecrets",
  "strictAudit",
  "multiCloud",
  "complianceDuties",
  "plainEnvironmentVariablesSuffice",
  "limitedOperations",
  "operationsHoursPerWeek",
  "operationsPeople",
  "onPremisesOnly",
  "environmentNames",
  "clouds",
  "orchestrator",
  "applicationsMayChange",
  "shortLivedHighThroughput",
  "toleratedNodeFailures",
  "vaultEnterprise",
  "existingConsulStorage",
] as const satisfies readonly ProfileField[];
