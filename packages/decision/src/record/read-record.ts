import * as v from "valibot";
import { criterionIds } from "../criteria/ids.js";
import { decisionFormat } from "../decide.js";
import { ProfileError } from "../errors.js";
import { profileErrorFrom } from "../profile/issues.js";
import { parseRules, type Rules } from "../rules/rules.js";
import { recordFence } from "./record.js";

const verdicts = ["adopt", "avoid", "contested", "insufficient-data"] as const;
const states = ["met", "unmet", "unknown"] as const;

const recordSchema = v.object(
  {
    format: v.literal(decisionFormat, `must be "${decisionFormat}"`),
    verdict: v.picklist(verdicts, `must be one of ${verdicts.join(", ")}`),
    criteria: v.array(
      v.object({
        id: v.picklist(criterionIds, "is not a criterion of this version"),
        state: v.picklist(states, `must be one of ${states.join(", ")}`),
      }),
      "must be a list",
    ),
    rules: v.unknown(),
  },
  "must be a decision in JSON, or a Markdown decision record that carries one",
);

/** The part of a recorded decision that a check compares. */
export interface RecordedDecision {
  readonly verdict: (typeof verdicts)[number];
  readonly criteria: readonly {
    readonly id: (typeof criterionIds)[number];
    readonly state: (typeof states)[number];
  }[];
  readonly rules: Rules;
}

function problem(message: string): ProfileError {
  return new ProfileError("recorded decision", [{ path: [], message }]);
}

/** Takes the JSON out of a Markdown decision record; text that is JSON already passes through. */
function jsonTextIn(text: string): string {
  if (text.trimStart().startsWith("{")) return text;
  const lines = text.split(/\r?\n/);
  const starts = lines.flatMap((line, index) => (line.trim() === recordFence ? [index] : []));
  const [start, second] = starts;
  if (start === undefined) {
    throw problem(`the text holds no JSON and no block that begins with ${recordFence}`);
  }
  if (second !== undefined) throw problem("the text holds more than one recorded decision");
  const end = lines.findIndex((line, index) => index > start && line.trim() === "```");
  if (end === -1) throw problem("the block with the recorded decision does not end");
  return lines.slice(start + 1, end).join("\n");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the input, which may be any file somebody pointed at.
    throw problem("the JSON of the recorded decision is malformed");
  }
}

/**
 * Reads a recorded decision: an object, its JSON, or a Markdown decision record with the JSON in it.
 *
 * @throws {ProfileError} when there is none, or it is malformed, or of another format
 */
export function readRecord(recorded: unknown): RecordedDecision {
  const input = typeof recorded === "string" ? parseJson(jsonTextIn(recorded)) : recorded;
  const result = v.safeParse(recordSchema, input);
  if (!result.success) {
    throw profileErrorFrom("recorded decision", result.issues, () => []);
  }
  const { verdict, criteria } = result.output;
  return { verdict, criteria, rules: parseRules(result.output.rules) };
}
