export type { IamCondition, IamPolicyDocument, IamStatement } from "./document.js";
export { iamPolicyFor, maxPolicyCharacters, type IamPolicy } from "./iam-policy.js";
export type { IamPolicyOptions } from "./options.js";
