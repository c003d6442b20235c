import type { Command } from "../command.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: { name: "config", summary: summaries.config, arguments: [], options: [], examples: [] },
  run: () => Promise.resolve(1),
};
