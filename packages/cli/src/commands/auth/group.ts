import type { CommandGroup } from "../../command.js";
import { summaries as allSummaries } from "../summaries.js";
import { summaries } from "./summaries.js";

export const group: CommandGroup = {
  name: "auth",
  summary: allSummaries.auth,
  members: {
    check: { summary: summaries.check, load: () => import("./check.js") },
  },
  examples: [{ command: "kinko auth check", does: "who am I, with which policies, for how long?" }],
};
