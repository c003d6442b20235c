import type { CommandGroup } from "../../../command.js";
import { summaries as allSummaries } from "../summaries.js";
import { summaries } from "./summaries.js";

export const group: CommandGroup = {
  name: "vault db",
  summary: allSummaries.db,
  details: [
    "Vault's database engine makes a login for whoever asks, and drops it when its lease ends.",
  ],
  members: {
    enable: { summary: summaries.enable, load: () => import("./enable.js") },
    config: { summary: summaries.config, load: () => import("./config.js") },
    "rotate-root": { summary: summaries["rotate-root"], load: () => import("./rotate-root.js") },
    role: { summary: summaries.role, load: () => import("./role.js") },
    "static-role": { summary: summaries["static-role"], load: () => import("./static-role.js") },
    creds: { summary: summaries.creds, load: () => import("./creds.js") },
  },
  examples: [
    {
      command:
        "kinko vault db config write shop --host db.example.com --database shop --username vault --allowed-role readonly",
      does: "a connection; the password is asked for",
    },
    { command: "kinko vault db rotate-root shop", does: "from now on only Vault knows it" },
    { command: "kinko vault db creds readonly --reveal", does: "a login for you" },
  ],
};
