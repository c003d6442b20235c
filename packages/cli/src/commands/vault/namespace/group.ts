import type { CommandGroup } from "../../../command.js";
import { summaries as allSummaries } from "../summaries.js";
import { summaries } from "./summaries.js";

export const group: CommandGroup = {
  name: "vault namespace",
  summary: allSummaries.namespace,
  details: [
    "Namespaces are of Vault Enterprise. On open-source Vault set namespaceMode: path-prefix in the config.",
  ],
  members: {
    create: { summary: summaries.create, load: () => import("./create.js") },
    list: { summary: summaries.list, load: () => import("./list.js") },
    delete: { summary: summaries.delete, load: () => import("./delete.js") },
  },
  examples: [{ command: "kinko vault namespace list", does: "beneath that of the config" }],
};
