import type { CommandGroup } from "../../../command.js";
import { summaries as allSummaries } from "../summaries.js";
import { summaries } from "./summaries.js";

export const group: CommandGroup = {
  name: "vault auth",
  summary: allSummaries.auth,
  members: {
    enable: { summary: summaries.enable, load: () => import("./enable.js") },
    list: { summary: summaries.list, load: () => import("./list.js") },
  },
  examples: [{ command: "kinko vault auth enable approle", does: "at its usual path" }],
};
