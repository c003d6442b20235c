import { Readable } from "node:stream";
import { createStore, type SecretStore } from "@kinko/core";
import { onTestFinished } from "vitest";
import type { RequestHandler } from "../src/client/create-sdk.js";
import type { AwsOptions } from "../src/options.js";
import { testDriver } from "./support.js";

/** One request as it would have gone to AWS. */
export interface StubRequest {
  /** Such as `GetSecretValue`. */
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** An answer of AWS; a body that is no string is sent as JSON. */
export interface StubAnswer {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What AWS is to answer, by operation. An answer of `Error` is one that the connection has. */
export type StubAnswers = Readonly<
  Record<string, (input: StubRequest["input"]) => StubAnswer | Error>
>;

/** Id that the requests of a stub have. */
export const stubRequestId = "11111111-2222-3333-4444-555555555555";

/** An error as AWS's JSON protocol writes it: status 400 and the name in `__type`. */
export function awsFailure(name: string, message = "In AWS's words.", status = 400): StubAnswer {
  return { status, body: { __type: name, message } };
}

/** A value as GetSecretValue answers it. */
export function valueAnswer(answer: Readonly<Record<string, unknown>>): StubAnswer {
  const value = {
    ARN: "arn",
    Name: "name",
    VersionId: "v".repeat(32),
    CreatedDate: 1_700_000_000.5,
  };
  return { body: { ...value, VersionStages: ["AWSCURRENT"], ...answer } };
}

/**
 * AWS's SDK with answers made by hand in place of the network: everything from the driver's call to
 * the signed request, and from the answer to the driver's result, is real.
 */
export function stubAws(
  answers: StubAnswers,
  options: AwsOptions = {},
): {
  readonly store: SecretStore;
  readonly requests: readonly StubRequest[];
  /** Names of the operations in their order. */
  readonly operations: () => string[];
  readonly handler: RequestHandler;
} {
  const requests: StubRequest[] = [];
  const handler = {
    metadata: { handlerProtocol: "http/1.1" },
    handle: async (request: {
      readonly headers: Readonly<Record<string, string>>;
      readonly body: unknown;
    }) => {
      const operation = request.headers["x-amz-target"]?.split(".")[1] ?? "";
      const input = JSON.parse(new TextDecoder().decode(request.body as Uint8Array)) as object;
      requests.push({ operation, input: { ...input } });
      const answer = answers[operation]?.({ ...input }) ?? awsFailure("ResourceNotFoundException");
      if (answer instanceof Error) throw answer;
      const { status = 200, body = {}, headers = {} } = answer;
      const text = typeof body === "string" ? body : JSON.stringify(body);
      return {
        response: {
          statusCode: status,
          headers: { "x-amzn-requestid": stubRequestId, ...headers },
          body: Readable.from([Buffer.from(text)]),
        },
      };
    },
    destroy: () => undefined,
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
  } as unknown as RequestHandler;
  const store = createStore("aws", testDriver(options, handler), { resilience: false });
  onTestFinished(() => store.close());
  return { store, requests, operations: () => requests.map(({ operation }) => operation), handler };
}
