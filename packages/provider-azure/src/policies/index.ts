export { azureRolesFor, type AzureRoles } from "./azure-roles.js";
export type { AzureRolesOptions } from "./options.js";
export type { AzureRoleAssignment, AzureRoleDefinition } from "./resources.js";
