export { provider } from "./provider.js";
export type { AwsOptions } from "./options.js";
export type {
  AwsRotateOptions,
  AwsRotation,
  AwsRotationCallOptions,
  AwsRotationCapability,
} from "./rotation.js";
