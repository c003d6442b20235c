/**
 * The same error with Google's typed details decoded, where the answer had any: gRPC delivers them as
 * bytes. The decoder is part of the SDK and loaded already when an answer comes.
 */
export async function withStatusDetails(error: unknown): Promise<unknown> {
  const { metadata } = error as { readonly metadata?: { get?(name: string): unknown[] } };
  const found = metadata?.get?.("grpc-status-details-bin") ?? [];
  if (found.length === 0) return error;
  const { GoogleError } = await import("google-gax");
  return GoogleError.parseGRPCStatusDetails(error as InstanceType<typeof GoogleError>);
}
