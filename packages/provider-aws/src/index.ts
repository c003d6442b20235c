export { provider } from "./provider.js";
export type { AwsCallOptions } from "./capability-call.js";
export type { AwsOptions } from "./options.js";
export type { AwsRotateOptions, AwsRotation, AwsRotationCapability } from "./rotation.js";
export type { AwsStageMove, AwsStagesCapability } from "./stages.js";
