// Vault reads policies in HCL's first version, whose classes of characters these are.
export const isSpace = (character: string): boolean => /^[ \t\n\r]$/u.test(character);
export const isLetter = (character: string): boolean => /^(?:[a-z_]|\p{L})$/iu.test(character);
export const isDigit = (character: string): boolean => /^\p{Nd}$/u.test(character);
export const isDecimal = (character: string): boolean => /^\d$/u.test(character);
export const isHexadecimal = (character: string): boolean => /^[\da-f]$/iu.test(character);
export const isOctal = (character: string): boolean => /^[0-7]$/u.test(character);
