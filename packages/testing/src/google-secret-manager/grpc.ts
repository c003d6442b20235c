import { createRequire } from "node:module";
import {
  Metadata,
  Server,
  ServerCredentials,
  type handleUnaryCall,
  type sendUnaryData,
  type ServerUnaryCall,
  type ServiceDefinition,
} from "@grpc/grpc-js";
import { fromJSON, type Options } from "@grpc/proto-loader";
import type { ServiceFault } from "./failure.js";
import { methodNames, type MethodName, type SecretManagerService } from "./service.js";
import { encodeStatusDetails } from "./status-details.js";
import { fromGrpc, toGrpc } from "./wire.js";

const serviceName = "google.cloud.secretmanager.v1.SecretManagerService";

/** Beyond the largest request that the real service takes by far. */
const maxMessageBytes = 4 * 1024 * 1024;

const loaderOptions: Options = { longs: String, enums: String, defaults: false, oneofs: false };

/** Starts the gRPC side on 127.0.0.1; resolves with its port and how to end it. */
export async function startGrpc(
  service: SecretManagerService,
  {
    port,
    tls,
  }: {
    readonly port: number;
    readonly tls: { readonly cert: string | Buffer; readonly key: string | Buffer } | undefined;
  },
): Promise<{ readonly port: number; readonly close: () => void }> {
  const server = new Server({ "grpc.max_receive_message_length": maxMessageBytes });
  const handlers = Object.fromEntries(
    methodNames.map((method) => [wireName(method), handler(service, method)]),
  );
  server.addService(loadService(), handlers);
  const credentials =
    tls === undefined
      ? ServerCredentials.createInsecure()
      : ServerCredentials.createSsl(null, [
          { cert_chain: Buffer.from(tls.cert), private_key: Buffer.from(tls.key) },
        ]);
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, credentials, (error, boundPort) =>
      error === null ? resolve(boundPort) : reject(error),
    );
  });
  return { port: bound, close: () => server.forceShutdown() };
}

/** The protos are those that Google's own client ships. */
function loadService(): ServiceDefinition {
  const json: unknown = createRequire(import.meta.url)(
    "@google-cloud/secret-manager/build/protos/protos.json",
  );
  const definition = fromJSON(json as Parameters<typeof fromJSON>[0], loaderOptions);
  return definition[serviceName] as ServiceDefinition;
}

function wireName(method: MethodName): string {
  return method[0]?.toUpperCase() + method.slice(1);
}

function handler(
  service: SecretManagerService,
  method: MethodName,
): handleUnaryCall<object, object> {
  return (call, callback) => void answer(service, method, call, callback);
}

async function answer(
  service: SecretManagerService,
  method: MethodName,
  call: ServerUnaryCall<object, object>,
  callback: sendUnaryData<object>,
): Promise<void> {
  const outcome = await service.serve(method, fromGrpc(call.request), {
    transport: "grpc",
    authorization: call.metadata.get("authorization")[0]?.toString(),
  });
  if (outcome.type === "answer") callback(null, toGrpc(outcome.message));
  else if (outcome.type === "fault") callback(statusOf(outcome.fault));
  else breakCall(call, outcome.action.type, callback);
}

/** What a client of gRPC sees of such trouble; cancelling ends the stream without a status. */
function breakCall(
  call: ServerUnaryCall<object, object>,
  type: string,
  callback: sendUnaryData<object>,
): void {
  if (type === "html") callback({ code: 2, details: "Received HTTP status code 200" });
  else if (type === "truncated-json")
    callback({ code: 13, details: "Received message is incomplete" });
  else callback({ code: 14, details: `Connection dropped (${call.getPeer()})` });
}

function statusOf(fault: ServiceFault): { code: number; details: string; metadata: Metadata } {
  const metadata = new Metadata();
  const details = encodeStatusDetails(fault);
  if (details !== undefined) metadata.set("grpc-status-details-bin", details);
  return { code: fault.code, details: fault.message, metadata };
}
