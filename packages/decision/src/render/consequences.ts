import type { Alternative } from "../advice/alternatives.js";
import type { Shape } from "../advice/shape.js";
import type { Decision } from "../decide.js";
import { counted } from "./words.js";

function ofAdopting(shape: Shape | null, instead: Alternative | undefined): string[] {
  const cluster =
    shape === null
      ? []
      : [
          `A cluster of ${counted(shape.nodes.choice, "node")} is operated: upgrades, monitoring, snapshots and a tested restore. It survives ${counted(shape.nodes.toleratesFailures, "node failure")}.`,
        ];
  const managed =
    instead === undefined
      ? []
      : [
          "Operations are thin: letting somebody else operate the cluster is the better way to run it.",
        ];
  return [
    ...cluster,
    ...managed,
    "Access goes by policies and leaves an audit trail. Vault stops answering when no audit device can write, so there are two.",
    "Applications depend on Vault being reachable, which a cache eases and does not remove.",
  ];
}

function untilThen(instead: Alternative | undefined): string {
  if (instead === undefined) return "Until then nothing is changed.";
  if (instead.id === "managed-vault") {
    return "A managed Vault answers what asks for Vault without the operations that speak against it.";
  }
  return `Until then use this: ${instead.title}. It keeps both ways open, because the application does not change when the store does later.`;
}

/** What follows from a decision, good and bad, in sentences. */
export function consequencesOf(decision: Decision): string[] {
  const { verdict, shape, alternatives, sensitivity } = decision;
  const instead = alternatives.find(({ fit }) => fit === "recommended");
  switch (verdict) {
    case "adopt":
      return ofAdopting(shape, instead);
    case "avoid":
      return [
        "No cluster is operated.",
        `Secrets are kept in this instead: ${instead?.title ?? "one of the alternatives below"}. Applications read them through the same interface as they would from Vault.`,
        "What only Vault brings (leases for credentials, one audit trail across clouds) is done without.",
        "The decision is checked again when the profile changes.",
      ];
    case "contested":
      return [
        "A person decides and records the reason here; the criteria alone do not.",
        untilThen(instead),
      ];
    case "insufficient-data":
      return [
        `Nothing is decided: ${counted(sensitivity.unknown.length, "answer")} unknown. Find out first what the next section says would settle it.`,
        untilThen(instead),
      ];
  }
}
