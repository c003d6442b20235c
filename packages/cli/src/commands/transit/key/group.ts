import type { CommandGroup } from "../../../command.js";
import { summaries as transitSummaries } from "../summaries.js";
import { summaries } from "./summaries.js";

export const group: CommandGroup = {
  name: "transit key",
  summary: transitSummaries.key,
  members: {
    create: { summary: summaries.create, load: () => import("./create.js") },
    list: { summary: summaries.list, load: () => import("./list.js") },
    show: { summary: summaries.show, load: () => import("./show.js") },
    rotate: { summary: summaries.rotate, load: () => import("./rotate.js") },
    config: { summary: summaries.config, load: () => import("./config.js") },
    trim: { summary: summaries.trim, load: () => import("./trim.js") },
    delete: { summary: summaries.delete, load: () => import("./delete.js") },
  },
  examples: [
    { command: "kinko transit key create customers --derived", does: "a key for each tenant" },
    { command: "kinko transit key rotate customers", does: "a new version" },
    { command: "kinko transit key show customers --json", does: "versions and settings" },
  ],
};
