import { stat } from "node:fs/promises";
import type { LoadedConfig } from "@kinko/core/config";
import { hasLiteralCredential } from "../config/mask-config.js";
import type { Finding } from "./finding.js";

/** The oldest Node that Kinko runs on, as in `engines` of package.json. */
const oldestNode = [20, 19] as const;

/** Whether this Node is new enough. */
export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.replace(/^v/u, "").split(".").map(Number);
  const enough = major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1]);
  return enough
    ? { check: "node", status: "ok", message: `Node ${version} is supported.` }
    : {
        check: "node",
        status: "problem",
        message: `Node ${version} is too old.`,
        fix: `Install Node ${oldestNode.join(".")} or newer.`,
        reason: "old-node",
      };
}

/** Where the config is, what chose the provider, and who can read what is in it. */
export async function checkConfig(loaded: LoadedConfig): Promise<Finding[]> {
  const { file, provider, providerFrom } = loaded;
  const chosen = `${provider} (from ${providerFrom === "default" ? "the default" : providerFrom})`;
  if (file === undefined) {
    return [
      {
        check: "config",
        status: "warning",
        message: `There is no config file; the provider is ${chosen}.`,
        fix: "Run kinko init, or name a file with --config or KINKO_CONFIG.",
        reason: "no-config",
      },
    ];
  }
  const found: Finding = {
    check: "config",
    status: "ok",
    message: `${file} is valid and trusted; the provider is ${chosen}.`,
  };
  return [found, ...(await checkLiteralCredentials(loaded, file))];
}

async function checkLiteralCredentials(loaded: LoadedConfig, file: string): Promise<Finding[]> {
  if (!hasLiteralCredential(loaded.config)) return [];
  const { mode } = await stat(file);
  const open = (mode & 0o044) !== 0;
  return [
    {
      check: "config credentials",
      status: open ? "problem" : "warning",
      message: `${file} has a credential in it${open ? ", and others can read the file" : ""}.`,
      fix: `Put \${env:NAME} or \${file:path} in its place${open ? `, or run: chmod 600 ${file}` : ""}.`,
      reason: "literal-credential",
    },
  ];
}
