import type { NormalProfile } from "../profile/values.js";

/** How applications get at their secrets: rows A2, A3 and A4 of the feature list. */
export type IntegrationPatternId = "direct-api" | "agent-sidecar" | "injection-at-boot";

/** One pattern with what speaks for and against it. */
export interface PatternTradeOff {
  readonly id: IntegrationPatternId;
  readonly title: string;
  readonly good: readonly string[];
  readonly bad: readonly string[];
  /** What Kinko does about the bad side. */
  readonly eased: string;
}

/** Something that was chosen, and why. */
export interface Choice<Id extends string | number> {
  readonly choice: Id;
  readonly why: readonly string[];
  /** What was assumed because an answer is unknown; answer it to be sure. */
  readonly assumptions: readonly string[];
}

/** The chosen pattern, with all three compared. */
export interface PatternChoice extends Choice<IntegrationPatternId> {
  readonly tradeOffs: readonly PatternTradeOff[];
}

/** The three patterns compared. */
export const patternTradeOffs: readonly PatternTradeOff[] = [
  {
    id: "direct-api",
    title: "Direct API",
    good: ["simple", "low latency", "no further process"],
    bad: ["the application handles a token", "the application depends on Vault's API"],
    eased:
      "Kinko logs in and renews the token itself, and the application sees only Kinko's store.",
  },
  {
    id: "agent-sidecar",
    title: "Agent sidecar",
    good: ["automatic authentication", "automatic token renewal", "local cache", "any language"],
    bad: ["a further process beside every application, usually placed by an orchestrator"],
    eased: "Kinko's agent is one plain process and runs without an orchestrator too.",
  },
  {
    id: "injection-at-boot",
    title: "Injection at boot",
    good: ["the application knows nothing of Vault", "no change of code"],
    bad: ["rotation needs a restart", "values stand in the process environment"],
    eased: "Kinko's runner watches for rotation and restarts or signals the application itself.",
  },
];

function choose(profile: NormalProfile): Choice<IntegrationPatternId> {
  const { applicationsMayChange, shortLivedHighThroughput, orchestrator } = profile;
  const dynamic = profile.needsDynamicSecrets.value === true;
  if (applicationsMayChange.value === false) {
    const why = [
      "The applications may not be changed, so they can only receive what they start with.",
    ];
    if (dynamic) {
      why.push(
        "Dynamic secrets expire: the runner must restart or signal the applications on renewal.",
      );
    }
    return { choice: "injection-at-boot", why, assumptions: [] };
  }
  const assumptions =
    applicationsMayChange.value === null
      ? ["applicationsMayChange is unknown: assumed that applications may be changed"]
      : [];
  if (shortLivedHighThroughput.value === true) {
    const why = [
      "Jobs that live for seconds gain nothing from a process beside them; they ask Vault directly with a batch token.",
    ];
    return { choice: "direct-api", why, assumptions };
  }
  if (orchestrator.value === "kubernetes" || orchestrator.value === "nomad") {
    const why = [
      `${orchestrator.value} places a sidecar beside every application without extra work.`,
    ];
    if (dynamic) why.push("The agent renews the leases of dynamic secrets for the application.");
    return { choice: "agent-sidecar", why, assumptions };
  }
  if (orchestrator.value === null) {
    assumptions.push("orchestrator is unknown: assumed that there is none to place sidecars");
  }
  const why = ["Without an orchestrator that places sidecars the direct way has the fewest parts."];
  if (dynamic)
    why.push("Leases of dynamic secrets are renewed inside the application by the store.");
  return { choice: "direct-api", why, assumptions };
}

/** Chooses the integration pattern (rows A2 to A4). */
export function choosePattern(profile: NormalProfile): PatternChoice {
  return { ...choose(profile), tradeOffs: patternTradeOffs };
}
