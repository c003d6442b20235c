import { parseAnswerText, questions, type Profile, type Question } from "@kinko/decision";
import { cancelledError } from "../errors.js";
import type { CliIo } from "../io.js";

/** Asks every question of which the answer is unknown; any may be left open. */
export async function askProfile(io: CliIo, known: Profile): Promise<Profile> {
  const { intro, outro } = await import("@clack/prompts");
  const streams = { input: io.stdin, output: io.stderr };
  intro("Is an own Vault worth it? Leave open what you do not know.", streams);
  const answers: Record<string, unknown> = {};
  for (const question of questions) {
    if (isKnown(known[question.id])) continue;
    const text = await ask(io, question);
    const value = parseAnswerText(question.id, text);
    if (value !== null) answers[question.id] = { value, source: "answered in a terminal" };
  }
  outro("Thank you.", streams);
  return answers;
}

function isKnown(answer: unknown): boolean {
  if (typeof answer === "object" && answer !== null && "value" in answer) {
    return answer.value !== null;
  }
  return answer !== undefined && answer !== null;
}

async function ask(io: CliIo, question: Question): Promise<string> {
  const { isCancel, select, text } = await import("@clack/prompts");
  const streams = { input: io.stdin, output: io.stderr };
  const message = `${question.text}\n${question.help}`;
  const choices =
    question.kind === "boolean"
      ? ["yes", "no"]
      : question.kind === "choice"
        ? (question.choices ?? [])
        : undefined;
  const answer =
    choices === undefined
      ? await text({
          ...streams,
          message,
          placeholder: question.kind === "list" ? listHint(question) : "a number, or nothing",
          validate: (value) => problemOf(question, value ?? ""),
        })
      : await select<string>({
          ...streams,
          message,
          options: [
            { value: "unknown", label: "I do not know" },
            ...choices.map((value) => ({ value, label: value })),
          ],
        });
  if (isCancel(answer)) throw cancelledError();
  return answer ?? "";
}

function listHint({ choices }: Question): string {
  const words = choices === undefined ? "" : ` of ${choices.join(", ")}`;
  return `words${words}, separated by commas; none, or nothing`;
}

function problemOf(question: Question, value: string): string | undefined {
  try {
    parseAnswerText(question.id, value);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : "This is not an answer.";
  }
}
