import type { CommandGroup } from "../../command.js";
import { summaries as allSummaries } from "../summaries.js";
import { summaries } from "./summaries.js";

export const group: CommandGroup = {
  name: "vault",
  summary: allSummaries.vault,
  details: ["Administration of HashiCorp Vault, with the credentials of the config."],
  members: {
    token: { summary: summaries.token, load: () => import("./token/group.js") },
    namespace: { summary: summaries.namespace, load: () => import("./namespace/group.js") },
    kv: { summary: summaries.kv, load: () => import("./kv/group.js") },
    auth: { summary: summaries.auth, load: () => import("./auth/group.js") },
    db: { summary: summaries.db, load: () => import("./db/group.js") },
  },
  examples: [
    {
      command: "kinko vault token create --type batch --policy worker --ttl 5m --reveal",
      does: "a token for a short worker",
    },
    {
      command: "kinko vault kv enable secret --max-versions 10 --cas-required yes",
      does: "an engine with rules",
    },
  ],
};
