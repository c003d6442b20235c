export { EngineCalls } from "../engine/engine-calls.js";
export { createKvAdmin } from "./kv-admin.js";
export { mountMeanings } from "./meanings.js";
export { createMounts } from "./mounts.js";
