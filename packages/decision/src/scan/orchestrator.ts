import type { OrchestratorName, Profile } from "../profile/values.js";
import type { FoundFile } from "./walk.js";

const helmAndKustomize = new Set(["Chart.yaml", "kustomization.yaml", "kustomization.yml"]);
const composeFile = /^(?:docker-)?compose(?:\.[\w-]+)?\.ya?ml$/;
const yamlFile = /\.ya?ml$/;
const nomadFile = /\.nomad(?:\.hcl)?$/;

/** Collects what places processes on machines. */
export interface OrchestratorCollector {
  /** Whether the file's text is needed. */
  readonly wants: (fileName: string) => boolean;
  readonly add: (file: FoundFile, text: string) => void;
  readonly profile: () => Pick<Profile, "orchestrator">;
}

function nameAlone(name: string): OrchestratorName | undefined {
  if (helmAndKustomize.has(name)) return "kubernetes";
  if (nomadFile.test(name)) return "nomad";
  return composeFile.test(name) ? "compose" : undefined;
}

/** Makes a collector. Of several, the strongest counts: Kubernetes, then Nomad, then Compose. */
export function createOrchestratorCollector(): OrchestratorCollector {
  const counts = new Map<OrchestratorName, number>();
  return {
    wants: (name) => nameAlone(name) !== undefined || yamlFile.test(name),
    add({ name }, text) {
      const isManifest =
        /^apiVersion:\s*\S/m.test(text) && /^kind:\s*\S/m.test(text) && yamlFile.test(name);
      const found = nameAlone(name) ?? (isManifest ? "kubernetes" : undefined);
      if (found !== undefined) counts.set(found, (counts.get(found) ?? 0) + 1);
    },
    profile() {
      const order = ["kubernetes", "nomad", "compose"] as const;
      const value = order.find((name) => counts.has(name));
      if (value === undefined) return { orchestrator: null };
      const number = counts.get(value) ?? 0;
      const evidence = `${number} ${value} ${number === 1 ? "file" : "files"}`;
      return { orchestrator: { value, evidence, source: "scan of deployment files" } };
    },
  };
}
