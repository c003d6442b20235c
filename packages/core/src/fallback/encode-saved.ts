import type { SavedSecret } from "../resilience/cache-fallback.js";
import type { SecretKind, SecretMetadata } from "../secret/secret.js";

/** What is written of a secret beside its value. */
interface SavedHeader {
  readonly key: string;
  readonly readAtMs: number;
  readonly kind: SecretKind;
  readonly length: number;
  readonly path: string;
  readonly provider: string;
  readonly version?: string | undefined;
  readonly createdAtMs?: number | undefined;
  readonly expiresAtMs?: number | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

const lengthBytes = 4;

/**
 * Length of the headers, headers as JSON, then the values one after the other: values are in no text,
 * which could not be zeroed. The caller zeroes the result.
 */
export function encodeSaved(secrets: readonly SavedSecret[]): Buffer {
  const headers = Buffer.from(JSON.stringify(secrets.map(headerOf)));
  const values = secrets.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
  const whole = Buffer.alloc(lengthBytes + headers.byteLength + values);
  whole.writeUInt32BE(headers.byteLength);
  headers.copy(whole, lengthBytes);
  let offset = lengthBytes + headers.byteLength;
  for (const { bytes } of secrets) {
    bytes.copy(whole, offset);
    offset += bytes.byteLength;
  }
  return whole;
}

/** Undefined for what `encodeSaved` has not written. Buffers of the result are their own. */
export function decodeSaved(whole: Buffer): readonly SavedSecret[] | undefined {
  try {
    const end = lengthBytes + whole.readUInt32BE();
    const headers = JSON.parse(whole.toString("utf8", lengthBytes, end)) as readonly SavedHeader[];
    let offset = end;
    const secrets = headers.map((header): SavedSecret => {
      const bytes = Buffer.alloc(header.length);
      if (offset + header.length > whole.byteLength) throw new RangeError("short");
      whole.copy(bytes, 0, offset, offset + header.length);
      offset += header.length;
      const { key, readAtMs, kind } = header;
      return { key, readAtMs, kind, bytes, metadata: metadataOf(header) };
    });
    return offset === whole.byteLength ? secrets : undefined;
  } catch {
    return undefined;
  }
}

function headerOf({ key, readAtMs, kind, bytes, metadata }: SavedSecret): SavedHeader {
  const { path, provider, version, createdAt, expiresAt, tags } = metadata;
  return {
    key,
    readAtMs,
    kind,
    path,
    provider,
    version,
    tags,
    length: bytes.byteLength,
    createdAtMs: createdAt?.getTime(),
    expiresAtMs: expiresAt?.getTime(),
  };
}

function metadataOf(header: SavedHeader): SecretMetadata {
  const { path, provider, version, createdAtMs, expiresAtMs, tags } = header;
  return {
    path,
    provider,
    version,
    tags,
    createdAt: createdAtMs === undefined ? undefined : new Date(createdAtMs),
    expiresAt: expiresAtMs === undefined ? undefined : new Date(expiresAtMs),
  };
}
