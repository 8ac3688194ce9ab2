const INTEGER = /^([+-]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)$/;
const REAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** `ASAP` in place of a fault interval: clear at once. linuxptp's own number for it. */
export const FAULT_RESET_ASAP = -128;

/** An integer as C's `strtol` with base 0 reads it: `0x` is hexadecimal, a leading 0 octal. */
export function parseInteger(text: string): number | undefined {
  const match = INTEGER.exec(text);
  if (match === null) return undefined;
  const [, sign, digits = ''] = match;
  const isOctal = digits.length > 1 && digits.startsWith('0') && !/^0[xX]/.test(digits);
  const magnitude = isOctal ? Number.parseInt(digits, 8) : Number(digits);
  return sign === '-' ? 0 - magnitude : magnitude;
}

export function parseReal(text: string): number | undefined {
  return REAL.test(text) ? Number(text) : undefined;
}

/** A configuration value as a number, whichever way it is written. */
export function parseNumber(text: string): number | undefined {
  if (text.toUpperCase() === 'ASAP') return FAULT_RESET_ASAP;
  return parseInteger(text) ?? parseReal(text);
}
