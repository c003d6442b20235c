import type { CriterionResult, Decision, Flip } from "@kinko/decision";
import type { Style } from "../output/style.js";
import { formatTable } from "../output/table.js";

/** A decision as text for a terminal. */
export function describeDecision(decision: Decision, style: Style): string {
  const { criteria, sensitivity, shape } = decision;
  const flips = [...sensitivity.single, ...sensitivity.combinations];
  return [
    `${style.bold(`Verdict: ${decision.verdict}`)}${decision.firm ? "" : " (open answers could change it)"}\n`,
    `${decision.reasoning.join(" ")}\n`,
    formatTable(["", "CRITERION", "STATE", "SEEN", "EVIDENCE"], criteria.map(row), style),
    ...section("These answers would change the verdict:", flips.map(flipLine)),
    ...section("Answers that do not fit together:", decision.contradictions),
    ...section(
      "Instead of an own Vault:",
      decision.alternatives.map(({ title, fit, why }) => `${title} (${fit}): ${why}`),
    ),
    ...(shape === null
      ? []
      : section("What it should look like:", [
          `integration: ${shape.pattern.choice}`,
          `storage: ${shape.storage.choice}`,
          `nodes: ${shape.nodes.choice}`,
          `unseal: ${shape.seal.choice}`,
          `isolation: ${shape.isolation.choice}`,
          `tokens: ${shape.tokens.choice}`,
          `policies: ${shape.policies.map(({ name }) => name).join(", ")}`,
        ])),
  ].join("\n");
}

function row({
  side,
  title,
  state,
  observed,
  threshold,
  evidence,
  source,
}: CriterionResult): string[] {
  const seen = Array.isArray(observed) ? observed.join(", ") || "none" : String(observed ?? "?");
  const where = [evidence, source].filter((text) => text !== null).join(", ");
  return [side, title, state, `${seen} (${threshold.text})`, where];
}

function flipLine({ suppose, verdict }: Flip): string {
  const answers = suppose.map(({ answer, outcome }) => `${answer}: ${outcome}`);
  return `${answers.join(" and ")} → ${verdict}`;
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${title}\n${lines.map((line) => `- ${line}\n`).join("")}`];
}
