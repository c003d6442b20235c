import type { CommandGroup } from "../../../command.js";
import { summaries as allSummaries } from "../summaries.js";
import { summaries } from "./summaries.js";

export const group: CommandGroup = {
  name: "vault token",
  summary: allSummaries.token,
  members: {
    create: { summary: summaries.create, load: () => import("./create.js") },
    lookup: { summary: summaries.lookup, load: () => import("./lookup.js") },
    renew: { summary: summaries.renew, load: () => import("./renew.js") },
    revoke: { summary: summaries.revoke, load: () => import("./revoke.js") },
    role: { summary: summaries.role, load: () => import("./role.js") },
  },
  examples: [
    {
      command: "kinko vault token create --policy app --ttl 1h --out token",
      does: "into a file that only you can read",
    },
  ],
};
