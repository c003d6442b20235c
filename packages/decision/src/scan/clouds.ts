import { type CloudName, cloudNames, type Profile } from "../profile/values.js";
import { evidenceLine } from "./evidence.js";

type ScannedCloud = Exclude<CloudName, "other">;

const packagePatterns: readonly (readonly [ScannedCloud, RegExp])[] = [
  ["aws", /^(@aws-sdk\/|@aws-lambda-powertools\/|aws-sdk$|aws-cdk|@pulumi\/aws)/],
  ["azure", /^(@azure\/|@pulumi\/azure)/],
  ["gcp", /^(@google-cloud\/|firebase-admin$|@pulumi\/gcp)/],
];
// A provider block, or the source of a required provider.
const terraformPatterns: readonly (readonly [ScannedCloud, RegExp])[] = [
  ["aws", /\bprovider\s+"aws"|"(?:registry\.terraform\.io\/)?hashicorp\/aws"/],
  [
    "azure",
    /\bprovider\s+"azure(?:rm|ad)"|"(?:registry\.terraform\.io\/)?hashicorp\/azure(?:rm|ad)"/,
  ],
  [
    "gcp",
    /\bprovider\s+"google(?:-beta)?"|"(?:registry\.terraform\.io\/)?hashicorp\/google(?:-beta)?"/,
  ],
];

function dependencyNames(text: string): string[] {
  let manifest: unknown;
  try {
    manifest = JSON.parse(text);
  } catch {
    // A broken package.json is npm's to report; it says nothing about clouds.
    return [];
  }
  if (typeof manifest !== "object" || manifest === null) return [];
  const groups = ["dependencies", "optionalDependencies", "peerDependencies"] as const;
  return groups.flatMap((group) => {
    const entries: unknown = (manifest as Record<string, unknown>)[group];
    return typeof entries === "object" && entries !== null ? Object.keys(entries) : [];
  });
}

/** Collects clouds in use from the dependencies of package.json and from Terraform providers. */
export interface CloudCollector {
  readonly wants: (fileName: string) => boolean;
  readonly add: (fileName: string, text: string) => void;
  readonly profile: () => Pick<Profile, "clouds">;
}

/** Makes a collector. Finding nothing is not knowing: no cloud seen does not mean none in use. */
export function createCloudCollector(): CloudCollector {
  const seen = new Map<ScannedCloud, Set<string>>();
  const note = (cloud: ScannedCloud, what: string) => {
    const notes = seen.get(cloud) ?? new Set();
    seen.set(cloud, notes.add(what));
  };
  return {
    wants: (fileName) => fileName === "package.json" || fileName.endsWith(".tf"),
    add(fileName, text) {
      if (fileName === "package.json") {
        for (const name of dependencyNames(text)) {
          for (const [cloud, pattern] of packagePatterns) if (pattern.test(name)) note(cloud, name);
        }
        return;
      }
      const code = text.replaceAll(/^\s*(?:#|\/\/).*$/gm, "");
      for (const [cloud, pattern] of terraformPatterns) {
        if (pattern.test(code)) note(cloud, "a Terraform provider");
      }
    },
    profile() {
      const value = cloudNames.filter((cloud) => cloud !== "other" && seen.has(cloud));
      if (value.length === 0) return { clouds: null };
      const evidence = [...seen].map(([cloud, notes]) => {
        const [first = ""] = [...notes].toSorted();
        const more = notes.size > 1 ? ` and ${notes.size - 1} more` : "";
        return `${cloud} by ${first.slice(0, 80)}${more}`;
      });
      const source = "scan of package.json and Terraform files";
      return { clouds: { value, evidence: evidenceLine(evidence.toSorted().join("; ")), source } };
    },
  };
}
