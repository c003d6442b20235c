import { awsError } from "../errors/aws-error.js";
import { createNameCodec, type NameCodec } from "../names.js";
import type { AwsOptions } from "../options.js";

/** Where the secrets are, and how the provider names them. */
export interface IamPolicyOptions extends Pick<AwsOptions, "naming" | "prefix"> {
  /** Such as `eu-central-1`. */
  readonly region: string;
  /** Twelve digits. */
  readonly accountId: string;
  /** Default `aws`; `aws-cn` and `aws-us-gov` for the others. */
  readonly partition?: "aws" | "aws-cn" | "aws-us-gov" | undefined;
  /** ARN of the KMS key of the secrets, if it is their own. Default: the account's, which needs no right. */
  readonly kmsKeyArn?: string | undefined;
}

/** Options that were checked. */
export interface IamPlace {
  readonly names: NameCodec;
  /** What the ARNs of all secrets begin with, up to their name. */
  readonly arnPrefix: string;
  readonly region: string;
  readonly kmsKeyArn: string | undefined;
}

const partitions: readonly string[] = ["aws", "aws-cn", "aws-us-gov"];

/** @throws ConfigError for what would be a wildcard or no part of an ARN */
export function checkPlace(options: IamPolicyOptions): IamPlace {
  const { region, accountId, partition = "aws", naming = "encoded", prefix = "" } = options;
  if (!/^[a-z]{2,}(?:-[a-z]+)+-\d{1,2}$/u.test(region))
    throw invalid("region", "Write it as AWS does, such as eu-central-1.");
  if (!/^\d{12}$/u.test(accountId)) throw invalid("accountId", "It has twelve digits.");
  if (!partitions.includes(partition)) throw invalid("partition", `Use ${partitions.join(", ")}.`);
  if (naming !== "encoded" && naming !== "raw") throw invalid("naming", "Use encoded or raw.");
  if (!/^(?:[\w/+=.@!-]{0,255}\/)?$/u.test(prefix))
    throw invalid("prefix", "It ends in a slash, as in the provider's options.");
  const { kmsKeyArn } = options;
  if (
    kmsKeyArn !== undefined &&
    !/^arn:aws[a-z-]*:kms:[a-z\d-]+:\d{12}:key\/[A-Za-z\d-]+$/u.test(kmsKeyArn)
  )
    throw invalid("kmsKeyArn", "Write the ARN of the key itself, not of an alias.");
  return {
    names: createNameCodec(naming, prefix),
    arnPrefix: `arn:${partition}:secretsmanager:${region}:${accountId}:secret:`,
    region,
    kmsKeyArn,
  };
}

function invalid(field: string, advice: string): Error {
  return awsError("Config", `No policy can be made with this ${field}.`, {
    reason: "invalid-option",
    field,
    advice,
  });
}
