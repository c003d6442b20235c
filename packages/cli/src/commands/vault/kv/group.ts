import type { CommandGroup } from "../../../command.js";
import { summaries as allSummaries } from "../summaries.js";
import { summaries } from "./summaries.js";

export const group: CommandGroup = {
  name: "vault kv",
  summary: allSummaries.kv,
  members: {
    enable: { summary: summaries.enable, load: () => import("./enable.js") },
    config: { summary: summaries.config, load: () => import("./config.js") },
    tune: { summary: summaries.tune, load: () => import("./tune.js") },
  },
  examples: [
    {
      command:
        "kinko vault kv enable secret --max-versions 10 --cas-required yes --delete-after 90d",
      does: "an engine with rules",
    },
  ],
};
