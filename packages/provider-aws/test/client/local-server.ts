import { createServer, type RequestListener, type Server } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** Listens on a free loopback port until the calling test ends, and answers the port. */
export async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** A server that answers as a test says; its address. */
export async function startServer(answer: RequestListener): Promise<string> {
  const server = createServer((request, response) => {
    request.resume();
    answer(request, response);
  });
  return `http://127.0.0.1:${await listen(server)}`;
}

/** What AWS answers to a read, over a real connection. */
export const answerValue: RequestListener = (_request, response) => {
  response.writeHead(200, { "Content-Type": "application/x-amz-json-1.1" });
  response.end(JSON.stringify({ Name: "a", VersionId: "v".repeat(32), SecretString: "value" }));
};

/** A proxy that opens tunnels, after a password where one is given. */
export async function startProxy(
  authorization?: string,
): Promise<{ readonly port: number; readonly targets: readonly string[] }> {
  const targets: string[] = [];
  const server = createServer();
  server.on("connect", (request, socket) => {
    socket.on("error", () => undefined);
    if (authorization !== undefined && request.headers["proxy-authorization"] !== authorization) {
      socket.end("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    const target = request.url ?? "";
    targets.push(target);
    const [host = "", port] = target.split(":");
    const upstream = connect(Number(port), host, () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      upstream.pipe(socket);
      socket.pipe(upstream);
    });
    upstream.on("error", () => socket.destroy());
    socket.on("close", () => upstream.destroy());
  });
  return { port: await listen(server), targets };
}
