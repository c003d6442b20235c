import type { CommandGroup } from "../../command.js";
import { summaries as allSummaries } from "../summaries.js";
import { summaries } from "./summaries.js";

export const group: CommandGroup = {
  name: "pki",
  summary: allSummaries.pki,
  details: [
    "Certificates of Vault's PKI engine. Keys of authorities never leave Vault; that of a leaf goes to a file that only you can read.",
  ],
  members: {
    init: { summary: summaries.init, load: () => import("./init.js") },
    issue: { summary: summaries.issue, load: () => import("./issue.js") },
    sign: { summary: summaries.sign, load: () => import("./sign.js") },
    revoke: { summary: summaries.revoke, load: () => import("./revoke.js") },
    crl: { summary: summaries.crl, load: () => import("./crl.js") },
    role: { summary: summaries.role, load: () => import("./role/group.js") },
    list: { summary: summaries.list, load: () => import("./list.js") },
  },
  examples: [
    { command: "kinko pki init --domain example.com", does: "an authority with a role web" },
    {
      command: "kinko pki issue web app.example.com --out app",
      does: "app.key, app.crt and app.ca",
    },
    { command: "kinko pki revoke 3a:67:45:ee", does: "end a certificate early" },
  ],
};
