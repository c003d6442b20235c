import type { PolicyChange, PolicyPlan } from "@kinko/provider-vault/policies";
import { printable } from "../output/output.js";
import type { Style } from "../output/style.js";

const verbs: Readonly<Record<PolicyChange["action"], string>> = {
  create: "+ create",
  change: "~ change",
  remove: "- remove",
};

type DecisionChange = PolicyChange["decisions"][number];

/** What a plan does, for people: each policy, the rules that differ, and what that opens and closes. */
export function describePlan(
  { changes, unchanged, unmanaged }: PolicyPlan,
  style: Style,
  what: { readonly rules: boolean; readonly decisions: boolean },
): string {
  const lines = changes.flatMap((change) => [
    style.bold(`${verbs[change.action]} ${printable(change.name)}`),
    ...(what.rules
      ? change.rules.flatMap((rule) => rule.lines.map((line) => ruleLine(line, style)))
      : []),
    ...(what.decisions ? change.decisions.flatMap((one) => decisionLines(one, style)) : []),
    ...(what.decisions ? change.together.map((one) => jointLine(one, style)) : []),
    ...(what.decisions && change.action === "create" && change.needsConfirmation
      ? [
          style.yellow(
            "  Tokens, roles and groups may name it already: it opens that for them at once.",
          ),
        ]
      : []),
    "",
  ]);
  return [...lines, summary(changes, unchanged, unmanaged)].map((line) => `${line}\n`).join("");
}

function summary(
  changes: PolicyPlan["changes"],
  unchanged: readonly string[],
  unmanaged: readonly string[],
): string {
  const count = (action: PolicyChange["action"]): number =>
    changes.filter((change) => change.action === action).length;
  const start =
    changes.length === 0
      ? "Nothing to change"
      : `${count("create")} to create, ${count("change")} to change, ${count("remove")} to remove`;
  const left = unmanaged.length === 0 ? "" : `, ${unmanaged.length} on the server left alone`;
  return `${start}; ${unchanged.length} the same${left}.`;
}

function ruleLine(line: string, style: Style): string {
  const text = `    ${printable(line)}`;
  if (line.startsWith("+")) return style.green(text);
  return line.startsWith("-") ? style.red(text) : style.dim(text);
}

function jointLine(opening: PolicyChange["together"][number], style: Style): string {
  const { path, opens } = opening;
  const other = printable(opening.with);
  return style.yellow(
    `  opens  ${printable(path)}: ${opens.join(", ")}, for tokens with ${other} too`,
  );
}

function decisionLines(change: DecisionChange, style: Style): string[] {
  const { opens, closes, deny, conditions } = change;
  const path = printable(change.path);
  return [
    ...(opens.length === 0 ? [] : [style.yellow(`  opens  ${path}: ${opens.join(", ")}`)]),
    ...(closes.length === 0 ? [] : [`  closes ${path}: ${closes.join(", ")}`]),
    ...(deny === "lifted" ? [style.yellow(`  opens  ${path}: a deny is lifted`)] : []),
    ...(deny === "added" ? [`  closes ${path}: denied, whatever other policies grant`] : []),
    ...(conditions === "loosened"
      ? [style.yellow(`  opens  ${path}: other parameters, wrapping or approvals`)]
      : []),
    ...(conditions === "tightened" ? [`  closes ${path}: more conditions`] : []),
  ];
}
