export { EngineCalls } from "../engine/engine-calls.js";
export { createAppRoles } from "./app-roles.js";
export { createAuthMounts } from "./auth-admin.js";
export { authMeanings } from "./meanings.js";
export { createRoles } from "./roles.js";
export { createUsers } from "./users.js";
export { createEntities, createGroups } from "./identities.js";
