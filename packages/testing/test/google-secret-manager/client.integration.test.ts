import { describe, expect, test } from "vitest";
import { FakeClock } from "../../src/index.js";
import { crc32c } from "../../src/google-secret-manager/crc32c.js";
import { seed, statusOf, underTest, type UnderTest } from "./support.js";

const replication = { automatic: {} };

async function read({ client }: UnderTest, name: string): Promise<string> {
  const [{ payload }] = await client.accessSecretVersion({ name });
  return Buffer.from(payload?.data ?? "").toString();
}

/** Google's own client, over both of its transports. */
describe.each(["grpc", "rest"] as const)("over %s", (transport) => {
  test("a secret is created, read, changed and deleted, with its etag", async () => {
    const { client, parent, server } = await underTest(transport);
    const labels = { team: "a" };
    const [created] = await client.createSecret({
      parent,
      secretId: "app",
      secret: { replication, labels },
    });
    const name = `projects/${server.projectNumber}/secrets/app`;
    expect(created).toMatchObject({ name, labels, replication });
    expect(created.etag).toMatch(/^"\w+"$/u);
    expect(Number(created.createTime?.seconds)).toBeGreaterThan(1e9);
    const update = {
      secret: { name, etag: created.etag ?? "", annotations: { note: "grüße" } },
      updateMask: { paths: ["annotations"] },
    };
    const [updated] = await client.updateSecret(update);
    expect(updated).toMatchObject({ labels, annotations: { note: "grüße" } });
    expect(updated.etag).not.toBe(created.etag);
    expect(await statusOf(client.updateSecret(update))).toBe("FAILED_PRECONDITION");
    expect(await statusOf(client.deleteSecret({ name, etag: created.etag ?? "" }))).toBe(
      "FAILED_PRECONDITION",
    );
    await client.deleteSecret({ name, etag: updated.etag ?? "" });
    expect(await statusOf(client.getSecret({ name }))).toBe("NOT_FOUND");
    expect(await statusOf(client.deleteSecret({ name }))).toBe("NOT_FOUND");
  });

  test("a name is taken once, and only names and parents as documented are", async () => {
    const { client, parent } = await underTest(transport);
    const secret = { replication };
    await client.createSecret({ parent, secretId: "a".repeat(255), secret });
    for (const [request, code] of [
      [{ parent, secretId: "a".repeat(255), secret }, "ALREADY_EXISTS"],
      [{ parent, secretId: "a".repeat(256), secret }, "INVALID_ARGUMENT"],
      [{ parent, secretId: "a.b", secret }, "INVALID_ARGUMENT"],
      [{ parent, secretId: "", secret }, "INVALID_ARGUMENT"],
      [{ parent, secretId: "b", secret: {} }, "INVALID_ARGUMENT"],
      [{ parent: "projects/other", secretId: "b", secret }, "PERMISSION_DENIED"],
    ] as const) {
      expect(await statusOf(client.createSecret(request)), request.secretId).toBe(code);
    }
  });

  test("labels and annotations keep their rules", async () => {
    const { client, parent } = await underTest(transport);
    const many = Object.fromEntries(Array.from({ length: 65 }, (_, index) => [`k${index}`, ""]));
    for (const metadata of [
      { labels: { Upper: "a" } },
      { labels: { a: "Upper" } },
      { labels: { a: "x".repeat(64) } },
      { labels: many },
      { annotations: { "-a": "" } },
      { annotations: { a: "x".repeat(16_384) } },
      { versionDestroyTtl: { seconds: 60 } },
      { versionAliases: { latest: 1 } },
    ]) {
      const secret = { replication, ...metadata };
      expect(await statusOf(client.createSecret({ parent, secretId: "a", secret }))).toBe(
        "INVALID_ARGUMENT",
      );
    }
  });

  test("versions count up, and bytes come back with their checksum", async () => {
    const context = await underTest(transport);
    const { client } = context;
    const name = await seed(context, "app");
    expect(await statusOf(client.accessSecretVersion({ name: `${name}/versions/latest` }))).toBe(
      "NOT_FOUND",
    );
    const data = Buffer.from([0, 255, 1, 0xc3]);
    const [first] = await client.addSecretVersion({
      parent: name,
      payload: { data, dataCrc32c: crc32c(data) },
    });
    expect(first).toMatchObject({
      name: `${name}/versions/1`,
      state: "ENABLED",
      clientSpecifiedPayloadChecksum: true,
    });
    const [second] = await client.addSecretVersion({ parent: name, payload: { data } });
    expect(second.name).toBe(`${name}/versions/2`);
    expect(second.clientSpecifiedPayloadChecksum).toBe(false);
    const [answer] = await client.accessSecretVersion({ name: `${name}/versions/1` });
    expect(Buffer.from(answer.payload?.data ?? "").equals(data)).toBe(true);
    expect(Number(answer.payload?.dataCrc32c)).toBe(crc32c(data));
  });

  test("a payload with a wrong checksum, an empty and a too long one are refused", async () => {
    const context = await underTest(transport);
    const { client } = context;
    const name = await seed(context, "app");
    for (const payload of [
      { data: Buffer.from("a"), dataCrc32c: 1 },
      { data: Buffer.alloc(0) },
      { data: Buffer.alloc(65_537) },
    ]) {
      expect(await statusOf(client.addSecretVersion({ parent: name, payload }))).toBe(
        "INVALID_ARGUMENT",
      );
    }
    await client.addSecretVersion({ parent: name, payload: { data: Buffer.alloc(65_536) } });
    expect((await client.listSecretVersions({ parent: name }))[0]).toHaveLength(1);
  });

  test("latest is the newest version whatever its state", async () => {
    const context = await underTest(transport);
    const { client } = context;
    const name = await seed(context, "app", "one", "two");
    const latest = `${name}/versions/latest`;
    expect(await read(context, latest)).toBe("two");
    await client.disableSecretVersion({ name: `${name}/versions/2` });
    expect(await statusOf(client.accessSecretVersion({ name: latest }))).toBe(
      "FAILED_PRECONDITION",
    );
    expect((await client.getSecretVersion({ name: latest }))[0].state).toBe("DISABLED");
    await client.enableSecretVersion({ name: `${name}/versions/2` });
    expect(await read(context, latest)).toBe("two");
    const [destroyed] = await client.destroySecretVersion({ name: `${name}/versions/2` });
    expect(destroyed.state).toBe("DESTROYED");
    expect(Number(destroyed.destroyTime?.seconds)).toBeGreaterThan(1e9);
    expect(await statusOf(client.accessSecretVersion({ name: latest }))).toBe(
      "FAILED_PRECONDITION",
    );
    expect(await statusOf(client.enableSecretVersion({ name: `${name}/versions/2` }))).toBe(
      "FAILED_PRECONDITION",
    );
    // Only reading goes by names.
    expect(await statusOf(client.disableSecretVersion({ name: latest }))).toBe("INVALID_ARGUMENT");
  });

  test("an etag of a version guards it, and changes also when nothing else does", async () => {
    const context = await underTest(transport);
    const { client } = context;
    const name = `${await seed(context, "app", "one")}/versions/1`;
    const [before] = await client.getSecretVersion({ name });
    const [after] = await client.enableSecretVersion({ name });
    expect(after.state).toBe("ENABLED");
    const stale = { name, etag: before.etag ?? "" };
    expect(await statusOf(client.disableSecretVersion(stale))).toBe("FAILED_PRECONDITION");
    await client.disableSecretVersion({ name, etag: after.etag ?? "" });
  });

  test("aliases lead to versions that exist", async () => {
    const context = await underTest(transport);
    const { client } = context;
    const name = await seed(context, "app", "one", "two");
    const updateMask = { paths: ["version_aliases"] };
    await client.updateSecret({ secret: { name, versionAliases: { stable: 1 } }, updateMask });
    expect(await read(context, `${name}/versions/stable`)).toBe("one");
    expect(await statusOf(client.accessSecretVersion({ name: `${name}/versions/other` }))).toBe(
      "NOT_FOUND",
    );
    const dangling = { secret: { name, versionAliases: { stable: 9 } }, updateMask };
    expect(await statusOf(client.updateSecret(dangling))).toBe("INVALID_ARGUMENT");
  });

  test("delayed destruction disables first, and secrets expire", async () => {
    const clock = new FakeClock();
    const context = await underTest(transport, { clock });
    const { client, parent } = context;
    const [{ name }] = await client.createSecret({
      parent,
      secretId: "app",
      secret: { replication, versionDestroyTtl: { seconds: 86_400 }, ttl: { seconds: 864_000 } },
    });
    const secretName = name ?? "";
    await client.addSecretVersion({ parent: secretName, payload: { data: Buffer.from("one") } });
    const version = `${secretName}/versions/1`;
    const [scheduled] = await client.destroySecretVersion({ name: version });
    expect(scheduled.state).toBe("DISABLED");
    expect(Number(scheduled.scheduledDestroyTime?.seconds)).toBe(
      Math.floor((clock.now() + 86_400_000) / 1_000),
    );
    clock.jumpWallClock(86_400_000);
    expect((await client.getSecretVersion({ name: version }))[0].state).toBe("DESTROYED");
    clock.jumpWallClock(864_000_000);
    expect(await statusOf(client.getSecret({ name: secretName }))).toBe("NOT_FOUND");
  });

  test("lists are newest first, in pages that new secrets do not disturb", async () => {
    const context = await underTest(transport);
    const { client, parent } = context;
    for (const id of ["a", "b", "c", "d", "e"]) await seed(context, id);
    const options = { autoPaginate: false };
    const [first, , { nextPageToken }] = await client.listSecrets({ parent, pageSize: 2 }, options);
    await seed(context, "f");
    const request = { parent, pageSize: 3, pageToken: nextPageToken ?? "" };
    const [rest, , last] = await client.listSecrets(request, options);
    const ids = [...first, ...rest].map(({ name }) => name?.split("/").at(-1));
    expect(ids).toEqual(["e", "d", "c", "b", "a"]);
    expect(last.nextPageToken).toBe("");
    expect(await statusOf(client.listSecrets({ parent, pageToken: "nonsense" }, options))).toBe(
      "INVALID_ARGUMENT",
    );
    const filtered = { parent, filter: 'name:"/a" OR name:"/b"' };
    expect((await client.listSecrets(filtered))[0]).toHaveLength(2);
  });

  test("versions are listed newest first, by state too", async () => {
    const context = await underTest(transport);
    const { client } = context;
    const name = await seed(context, "app", "one", "two", "three");
    await client.disableSecretVersion({ name: `${name}/versions/3` });
    const [all] = await client.listSecretVersions({ parent: name });
    expect(all.map(({ state }) => state)).toEqual(["DISABLED", "ENABLED", "ENABLED"]);
    const [enabled] = await client.listSecretVersions({ parent: name, filter: "state:ENABLED" });
    expect(enabled.map((version) => version.name?.split("/").at(-1))).toEqual(["2", "1"]);
  });

  test("regional secrets are apart and have no replication policy", async () => {
    const context = await underTest(transport);
    const { client, parent } = context;
    const regional = `${parent}/locations/europe-west1`;
    await client.createSecret({ parent: regional, secretId: "app", secret: {} });
    const secret = { replication };
    expect(await statusOf(client.createSecret({ parent: regional, secretId: "b", secret }))).toBe(
      "INVALID_ARGUMENT",
    );
    expect((await client.listSecrets({ parent: regional }))[0]).toHaveLength(1);
    expect((await client.listSecrets({ parent }))[0]).toHaveLength(0);
  });

  test("permissions can be asked for and taken away", async () => {
    const context = await underTest(transport);
    const { client, server } = context;
    const name = await seed(context, "app", "one");
    const access = "secretmanager.versions.access";
    const add = "secretmanager.versions.add";
    server.deny([access]);
    const [answer] = await client.testIamPermissions({
      resource: name,
      permissions: [access, add],
    });
    expect(answer.permissions).toEqual([add]);
    expect(await statusOf(client.accessSecretVersion({ name: `${name}/versions/1` }))).toBe(
      "PERMISSION_DENIED",
    );
    const missing = { resource: `${name}-missing`, permissions: [add] };
    expect((await client.testIamPermissions(missing))[0].permissions ?? []).toEqual([]);
    const bindings = [{ role: "roles/viewer", members: ["user:a@example.com"] }];
    await client.setIamPolicy({ resource: name, policy: { bindings } });
    expect((await client.getIamPolicy({ resource: name }))[0].bindings).toMatchObject(bindings);
  });

  test("faults strike as often as they are told, with Google's details", async () => {
    const context = await underTest(transport);
    const { client, server } = context;
    const name = `${await seed(context, "app", "one")}/versions/1`;
    server.fail({
      action: { type: "throttled", retryDelaySeconds: 5 },
      on: "accessSecretVersion",
    });
    const withoutRetries = { retry: { retryCodes: [] } as never };
    expect(await statusOf(client.accessSecretVersion({ name }, withoutRetries))).toBe(
      "RESOURCE_EXHAUSTED",
    );
    expect(await read(context, name)).toBe("one");
    server.fail({ action: { type: "corrupt-payload" } });
    expect(await read(context, name)).not.toBe("one");
    expect(server.requests.at(-1)).toMatchObject({
      method: "accessSecretVersion",
      transport,
      resource: name,
      authorized: false,
    });
  });

  test("a token is asked for when there are any", async () => {
    const { client, parent } = await underTest(transport, { tokens: ["secret-token"] });
    const withToken = (token: string): object => ({
      otherArgs: { headers: { authorization: `Bearer ${token}` } },
    });
    expect(await statusOf(client.listSecrets({ parent }))).toBe("UNAUTHENTICATED");
    expect(await statusOf(client.listSecrets({ parent }, withToken("other")))).toBe(
      "UNAUTHENTICATED",
    );
    expect(await client.listSecrets({ parent }, withToken("secret-token"))).toBeDefined();
  });

  test("quotas count by the minute, each kind of request for itself", async () => {
    const clock = new FakeClock();
    const context = await underTest(transport, { clock, enforceQuotas: true });
    const { client } = context;
    const name = await seed(context, "app", "one");
    const version = `${name}/versions/1`;
    await Promise.all(Array.from({ length: 600 }, () => client.getSecret({ name })));
    expect(await statusOf(client.getSecret({ name }))).toBe("RESOURCE_EXHAUSTED");
    expect(await read(context, version)).toBe("one");
    await client.disableSecretVersion({ name: version });
    clock.jumpWallClock(60_000);
    expect((await client.getSecret({ name }))[0].name).toBe(name);
  });
});
