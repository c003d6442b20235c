import { gcpError } from "../errors/gcp-error.js";
import { encodedNames, rawNames, type NameCodec } from "../names.js";
import type { GcpOptions } from "../options.js";

/** Where the secrets are, whose the rights are, and how the provider names them. */
export interface GcpBindingsOptions extends Pick<GcpOptions, "naming" | "location"> {
  /** Id of the project, such as `my-project`. */
  readonly projectId: string;
  /** Its number, by which conditions name secrets. Needed for folders alone. */
  readonly projectNumber?: string | undefined;
  /** Whose the rights are, such as `serviceAccount:app@my-project.iam.gserviceaccount.com`. */
  readonly member: string;
  /**
   * Whether `put` may make secrets that do not exist, which IAM can allow for any name of the project
   * only. Default false: an administrator makes them, empty. True is told in `wider`.
   */
  readonly createSecrets?: boolean | undefined;
}

/** Options that were checked. */
export interface GcpPlace {
  readonly names: NameCodec;
  /** `projects/ID` */
  readonly project: string;
  /** `projects/ID`, with the location of regional secrets. */
  readonly parent: string;
  /** The same with the project's number; undefined when it is not given. */
  readonly numberedParent: string | undefined;
  readonly member: string;
  readonly createSecrets: boolean;
}

/** Kinds of principals that are somebody: not everybody. Source: IAM, principal identifiers. */
const memberPattern =
  /^(?:(?:user|serviceAccount|group):[^\s:"'\\,]+@[^\s:"'\\,]+|principal(?:Set)?:\/\/iam\.googleapis\.com\/[\w.~%:@/*+-]+)$/u;

/** @throws ConfigError for what would lead out of its place in a name or an expression */
export function checkPlace(options: GcpBindingsOptions): GcpPlace {
  const { projectId, projectNumber, member, location, naming = "encoded" } = options;
  // Source: Resource Manager, creating projects.
  if (!/^(?:[a-z][a-z\d.-]*:)?[a-z][a-z\d-]{4,28}[a-z\d]$/u.test(projectId))
    throw invalid("projectId", "Use the project's id, 6 to 30 small letters, digits and hyphens.");
  if (projectNumber !== undefined && !/^\d{1,19}$/u.test(projectNumber))
    throw invalid("projectNumber", "It has digits only.");
  if (location !== undefined && !/^[a-z]+(?:-[a-z]+)*\d*$/u.test(location))
    throw invalid("location", "Use a region such as europe-west1.");
  if (typeof member !== "string" || !memberPattern.test(member))
    throw invalid(
      "member",
      "Use serviceAccount:, user: or group: with an address, or a principal.",
    );
  if (naming !== "encoded" && naming !== "raw") throw invalid("naming", "Use encoded or raw.");
  const region = location === undefined ? "" : `/locations/${location}`;
  return {
    names: naming === "raw" ? rawNames : encodedNames,
    project: `projects/${projectId}`,
    parent: `projects/${projectId}${region}`,
    numberedParent: projectNumber === undefined ? undefined : `projects/${projectNumber}${region}`,
    member,
    createSecrets: options.createSecrets === true,
  };
}

function invalid(field: string, advice: string): Error {
  return gcpError("Config", `No bindings can be made with this ${field}.`, {
    reason: "invalid-option",
    field,
    advice,
  });
}
