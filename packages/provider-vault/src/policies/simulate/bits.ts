import { capabilities, type Capability } from "../model.js";

/** Capabilities as bits of a number, for comparing them fast. */
export const capabilityBit = Object.fromEntries(
  capabilities.map((capability, index) => [capability, 1 << index]),
) as Readonly<Record<Capability, number>>;

/** The bits of capabilities. */
export function bitsOf(list: readonly Capability[]): number {
  return list.reduce((bits, capability) => bits | capabilityBit[capability], 0);
}

/** The capabilities of bits in Vault's order of answering: the alphabet's; `deny` alone where there are none. */
export function capabilitiesOf(bits: number): readonly Capability[] {
  if (bits === 0 || (bits & capabilityBit.deny) !== 0) return ["deny"];
  return capabilities.filter((capability) => (bits & capabilityBit[capability]) !== 0).toSorted();
}
