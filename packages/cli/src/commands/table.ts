import type { CommandModule } from "../command.js";
import type { CommandName } from "./summaries.js";

/**
 * Where each command lives. Each is a module of its own that loads only when it is called (or
 * completed), so that the number of commands costs nothing at start.
 */
export const commandTable: Readonly<Record<CommandName, () => Promise<CommandModule>>> = {
  init: () => import("./init.js"),
  get: () => import("./get.js"),
  set: () => import("./set.js"),
  list: () => import("./list.js"),
  versions: () => import("./versions.js"),
  rm: () => import("./rm.js"),
  undelete: () => import("./undelete.js"),
  edit: () => import("./edit.js"),
  export: () => import("./export.js"),
  run: () => import("./run.js"),
  watch: () => import("./watch.js"),
  transit: () => import("./transit/group.js"),
  pki: () => import("./pki/group.js"),
  wrap: () => import("./wrap.js"),
  unwrap: () => import("./unwrap.js"),
  lease: () => import("./lease/group.js"),
  policy: () => import("./policy/group.js"),
  vault: () => import("./vault/group.js"),
  decide: () => import("./decide.js"),
  auth: () => import("./auth/group.js"),
  health: () => import("./health.js"),
  doctor: () => import("./doctor.js"),
  config: () => import("./config.js"),
  completion: () => import("./completion.js"),
  help: () => import("./help.js"),
};
