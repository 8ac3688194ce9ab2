/** Keeps printable characters only and cuts to a length. Log text and object text is untrusted. */
export function clean(text: string, maxLength: number): string {
  const printable = text
    .replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+/g, ' ')
    .trim();
  return printable.length <= maxLength ? printable : `${printable.slice(0, maxLength - 1)}…`;
}

/** The same for a text that may be missing. */
export function cleanOptional(text: string | undefined, maxLength: number): string | undefined {
  return text === undefined ? undefined : clean(text, maxLength);
}

/** Whole number within int64-safe bounds; undefined for what is no number. */
export function wholeNanoseconds(value: number | undefined): number | undefined {
  if (value === undefined || !Number.isFinite(value)) return undefined;
  return Math.max(-9_000_000_000_000_000, Math.min(9_000_000_000_000_000, Math.round(value)));
}

/** Whole number of 32 bits; undefined for what is no number. */
export function wholeInt32(value: number | undefined): number | undefined {
  if (value === undefined || !Number.isFinite(value)) return undefined;
  return Math.max(-2_147_483_648, Math.min(2_147_483_647, Math.round(value)));
}

/** Whole number from zero to an upper bound. */
export function wholeCount(value: number, max = 2_147_483_647): number {
  return Number.isFinite(value) ? Math.max(0, Math.min(max, Math.round(value))) : 0;
}

/** The object without its undefined members: JSON and structural schemas want them absent. */
export function compact<T extends object>(value: { [Key in keyof T]: T[Key] | undefined }): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;
}
