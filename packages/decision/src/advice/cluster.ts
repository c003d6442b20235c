import type { CloudName, NormalProfile } from "../profile/values.js";
import type { Choice } from "./pattern.js";

/** Storage of the Vault cluster, row B2 of the feature list. */
export type StorageBackend = "raft" | "consul";

/** One storage backend compared. */
export interface StorageOption {
  readonly backend: string;
  readonly highAvailability: boolean;
  readonly advice: string;
}

/** The chosen storage, with the others compared. */
export interface StorageChoice extends Choice<StorageBackend> {
  readonly options: readonly StorageOption[];
}

/** How the cluster unseals, row B4. */
export type SealType = "awskms" | "azurekeyvault" | "gcpckms" | "shamir";

/** The chosen seal with the parameters its stanza needs. */
export interface SealChoice extends Choice<SealType> {
  readonly parameters: readonly string[];
  /** Cloud permissions that the nodes need on the key. */
  readonly permissions: readonly string[];
}

/** The chosen number of nodes, row B3. */
export interface NodeCountChoice extends Choice<3 | 5> {
  /** How many nodes may fail at once with this choice. */
  readonly toleratesFailures: 1 | 2;
}

const storageOptions: readonly StorageOption[] = [
  { backend: "raft", highAvailability: true, advice: "low complexity, the default" },
  {
    backend: "consul",
    highAvailability: true,
    advice: "medium complexity, for a legacy cluster only",
  },
  {
    backend: "s3, gcs or azure blob",
    highAvailability: false,
    advice: "development and tests only",
  },
  { backend: "postgresql or mysql", highAvailability: false, advice: "not recommended" },
];

/** Chooses the storage backend: Raft, unless a cluster on Consul already runs. */
export function chooseStorage(profile: NormalProfile): StorageChoice {
  if (profile.existingConsulStorage.value === true) {
    const why = [
      "A Vault on Consul storage already runs; keep it, and plan the move to Raft, which has fewer parts.",
    ];
    return { choice: "consul", why, assumptions: [], options: storageOptions };
  }
  const why = ["Raft is highly available and needs no further system."];
  return { choice: "raft", why, assumptions: [], options: storageOptions };
}

/** Chooses the number of nodes: 3 tolerate one failure, 5 tolerate two. */
export function chooseNodeCount(profile: NormalProfile): NodeCountChoice {
  const tolerated = profile.toleratedNodeFailures.value;
  if (tolerated === null) {
    return {
      choice: 3,
      why: ["Three nodes tolerate one failure."],
      assumptions: [
        "toleratedNodeFailures is unknown: assumed that surviving one failure is enough",
      ],
      toleratesFailures: 1,
    };
  }
  if (tolerated <= 1) {
    const why = ["Three nodes tolerate one failure; fewer would tolerate none."];
    return { choice: 3, why, assumptions: [], toleratesFailures: 1 };
  }
  const why = ["Five nodes tolerate two failures."];
  if (tolerated > 2) {
    why.push(
      `${tolerated} failures at once are more than one cluster should carry: plan a second cluster (disaster-recovery replication is an Enterprise feature).`,
    );
  }
  return { choice: 5, why, assumptions: [], toleratesFailures: 2 };
}

const cloudSeals = {
  aws: {
    choice: "awskms",
    parameters: ["region", "kms_key_id"],
    permissions: ["kms:Encrypt", "kms:Decrypt", "kms:DescribeKey"],
  },
  azure: {
    choice: "azurekeyvault",
    parameters: ["tenant_id", "vault_name", "key_name"],
    permissions: [],
  },
  gcp: {
    choice: "gcpckms",
    parameters: ["project", "region", "key_ring", "crypto_key"],
    permissions: [],
  },
} as const satisfies Record<Exclude<CloudName, "other">, object>;

const shamir = {
  choice: "shamir",
  parameters: ["key shares", "key threshold"],
  permissions: [],
} as const;

/** Chooses how the cluster unseals: by the key service of the first cloud in use, else by shares. */
export function chooseSeal(profile: NormalProfile): SealChoice {
  if (profile.onPremisesOnly.value === true) {
    const why = [
      "Everything is on premises: no cloud key service may unseal; people hold the key shares.",
    ];
    return { ...shamir, why, assumptions: [] };
  }
  const clouds = profile.clouds.value;
  const first = clouds?.find((cloud) => cloud !== "other");
  if (first === undefined) {
    const why = ["No cloud with a supported key service is named; people hold the key shares."];
    const unknown = "clouds is unknown: naming one makes unsealing automatic";
    return { ...shamir, why, assumptions: clouds === null ? [unknown] : [] };
  }
  const why = [
    `The nodes unseal by themselves with a key of ${first}, reachable by and restricted to the Vault nodes.`,
  ];
  const others = clouds?.filter((cloud) => cloud !== first && cloud !== "other") ?? [];
  const assumptions =
    others.length === 0
      ? []
      : [
          `${first} is named first, so the cluster is assumed to run there and not on ${others.join(", ")}`,
        ];
  return { ...cloudSeals[first], why, assumptions };
}
