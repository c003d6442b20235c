import { defineManifest, type ManifestValues } from "@kinko/inversify";
import { z } from "zod";

/** Everything that the shop needs from the store, checked before it starts. */
export const settings = defineManifest({
  database: {
    ref: "shop/database",
    schema: z.object({ host: z.string(), user: z.string(), password: z.string().min(8) }),
  },
  workers: { ref: "shop/limits#workers", schema: z.number().int().positive() },
  signingKey: "shop/signing-key",
  proxy: { ref: "shop/proxy", schema: z.url(), optional: true },
});

/** `{ database: {…}; workers: number; signingKey: Secret; proxy: string | undefined }` */
export type Settings = ManifestValues<typeof settings>;
