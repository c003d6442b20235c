import type { Command } from "../command.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: { name: "decide", summary: summaries.decide, arguments: [], options: [], examples: [] },
  run: () => Promise.resolve(1),
};
