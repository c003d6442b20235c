import type { CommandGroup } from "../../command.js";
import { summaries as allSummaries } from "../summaries.js";
import { summaries } from "./summaries.js";

export const group: CommandGroup = {
  name: "policy",
  summary: allSummaries.policy,
  details: [
    "Policies are files, one for each, named as the policy: app.hcl, app.json, or app.ts. Only diff, plan and apply need a server.",
  ],
  members: {
    build: { summary: summaries.build, load: () => import("./build.js") },
    lint: { summary: summaries.lint, load: () => import("./lint.js") },
    test: { summary: summaries.test, load: () => import("./test.js") },
    can: { summary: summaries.can, load: () => import("./can.js") },
    explain: { summary: summaries.explain, load: () => import("./explain.js") },
    diff: { summary: summaries.diff, load: () => import("./diff.js") },
    plan: { summary: summaries.plan, load: () => import("./plan.js") },
    apply: { summary: summaries.apply, load: () => import("./apply.js") },
  },
  examples: [
    { command: "kinko policy lint policies --kv2 secret", does: "is anything too wide?" },
    { command: "kinko policy test policies", does: "does it allow what it should, and no more?" },
    { command: "kinko policy plan policies", does: "what would change on the server" },
    { command: "kinko policy apply policies", does: "change it, after a question" },
  ],
};
