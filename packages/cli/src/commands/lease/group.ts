import type { CommandGroup } from "../../command.js";
import { summaries as allSummaries } from "../summaries.js";
import { summaries } from "./summaries.js";

export const group: CommandGroup = {
  name: "lease",
  summary: allSummaries.lease,
  details: [
    "Credentials that a store makes live as long as their lease. The id of a lease opens nothing by itself.",
  ],
  members: {
    list: { summary: summaries.list, load: () => import("./list.js") },
    lookup: { summary: summaries.lookup, load: () => import("./lookup.js") },
    renew: { summary: summaries.renew, load: () => import("./renew.js") },
    revoke: { summary: summaries.revoke, load: () => import("./revoke.js") },
    "revoke-prefix": {
      summary: summaries["revoke-prefix"],
      load: () => import("./revoke-prefix.js"),
    },
  },
  examples: [
    { command: "kinko lease list database/creds/readonly", does: "who has credentials" },
    {
      command: "kinko lease revoke-prefix database/creds/readonly --dry-run",
      does: "what an emergency would end",
    },
  ],
};
