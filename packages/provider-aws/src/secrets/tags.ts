import { InvalidValueError, type Cancellation } from "@kinko/core";
import type { AwsClient } from "../client/aws-client.js";

/** Limits of AWS's tags; see `limits.source`. */
export const maxTags = 50;
const maxKeyLength = 128;
const maxTextLength = 256;

/** What AWS's own services and CloudFormation write; nobody else may set or remove these. */
const systemTag = /^aws:/iu;

interface NativeTag {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

/**
 * Checks tags against AWS's limits.
 * @throws InvalidValueError before any request, without quoting a tag
 */
export function checkTags(tags: Readonly<Record<string, string>>): void {
  const entries = Object.entries(tags);
  if (entries.length > maxTags) throw invalid(`AWS keeps at most ${maxTags} tags with a secret.`);
  for (const [key, text] of entries) {
    if (key === "" || key.length > maxKeyLength) {
      throw invalid(`The name of a tag has 1 to ${maxKeyLength} characters.`);
    }
    if (text.length > maxTextLength) {
      throw invalid(`The text of a tag has at most ${maxTextLength} characters.`);
    }
    if (systemTag.test(key)) throw invalid("Names of tags that begin with aws: are AWS's own.");
    if (!/^[\p{L}\p{N}\p{Z}_.:/=+\-@]*$/u.test(key + text)) {
      throw invalid(
        "A tag has a character that AWS does not take: letters, digits, spaces, _.:/=+-@.",
      );
    }
  }
}

/** Tags of an answer, without those of AWS's own services. */
export function parseTags(tags: readonly NativeTag[] | undefined): Record<string, string> {
  const parsed = Object.create(null) as Record<string, string>;
  for (const { Key: key, Value: text } of tags ?? []) {
    if (key !== undefined && !systemTag.test(key)) parsed[key] = text ?? "";
  }
  return parsed;
}

/** Tags as AWS takes them. */
export function toNativeTags(
  tags: Readonly<Record<string, string>>,
): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** Makes the tags of a secret what `tags` says; AWS has no request for that, so it takes up to two. */
export async function replaceTags(
  client: AwsClient,
  name: string,
  change: {
    readonly before: Readonly<Record<string, string>>;
    readonly tags: Readonly<Record<string, string>>;
  },
  signal: Cancellation,
): Promise<void> {
  const { before, tags } = change;
  const surplus = Object.keys(before).filter((key) => !Object.hasOwn(tags, key));
  if (surplus.length > 0) {
    await client.call(signal, (sdk, options) =>
      sdk.untagResource({ SecretId: name, TagKeys: surplus }, options),
    );
  }
  const changed = toNativeTags(tags).filter(({ Key, Value }) => before[Key] !== Value);
  if (changed.length > 0) {
    await client.call(signal, (sdk, options) =>
      sdk.tagResource({ SecretId: name, Tags: changed }, options),
    );
  }
}

function invalid(what: string): InvalidValueError {
  return new InvalidValueError(what, {
    reason: "invalid-tag",
    advice: "Keep fewer, shorter or plainer tags.",
  });
}
