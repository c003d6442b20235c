import type { CommandGroup } from "../../command.js";
import { summaries as allSummaries } from "../summaries.js";
import { summaries } from "./summaries.js";

export const group: CommandGroup = {
  name: "transit",
  summary: allSummaries.transit,
  details: [
    "The keys stay in Vault's transit engine. Values come from stdin, a file or a prompt, never from an argument.",
  ],
  members: {
    key: { summary: summaries.key, load: () => import("./key/group.js") },
    encrypt: { summary: summaries.encrypt, load: () => import("./encrypt.js") },
    decrypt: { summary: summaries.decrypt, load: () => import("./decrypt.js") },
    rewrap: { summary: summaries.rewrap, load: () => import("./rewrap.js") },
    sign: { summary: summaries.sign, load: () => import("./sign.js") },
    verify: { summary: summaries.verify, load: () => import("./verify.js") },
    hmac: { summary: summaries.hmac, load: () => import("./hmac.js") },
    random: { summary: summaries.random, load: () => import("./random.js") },
    datakey: { summary: summaries.datakey, load: () => import("./datakey.js") },
  },
  examples: [
    { command: "kinko transit key create backups", does: "a key for files" },
    {
      command: "kinko transit encrypt backups --in backup.tar --out backup.tar.kinko",
      does: "a file of any size",
    },
    {
      command: "kinko transit rewrap customers --in old.txt --out new.txt",
      does: "after a rotation: a file of ciphertexts, to be resumed when it is interrupted",
    },
  ],
};
