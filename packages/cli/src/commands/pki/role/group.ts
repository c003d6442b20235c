import type { CommandGroup } from "../../../command.js";
import { summaries as allSummaries } from "../summaries.js";
import { summaries } from "./summaries.js";

export const group: CommandGroup = {
  name: "pki role",
  summary: allSummaries.role,
  members: {
    write: { summary: summaries.write, load: () => import("./write.js") },
    show: { summary: summaries.show, load: () => import("./show.js") },
    list: { summary: summaries.list, load: () => import("./list.js") },
    delete: { summary: summaries.delete, load: () => import("./delete.js") },
  },
  examples: [
    {
      command: "kinko pki role write web --domain example.com --subdomains",
      does: "what may be issued by its name",
    },
  ],
};
