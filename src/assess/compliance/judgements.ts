import type { ComplianceLevel } from './check.ts';
import type { JudgedValue, ValueJudgement } from './option-rule.ts';

/** Judgements rule tables are written with. */
export const when = (isRight: boolean, level?: ComplianceLevel, because?: string): ValueJudgement =>
  isRight
    ? 'Ok'
    : { ...(level === undefined ? {} : { level }), ...(because === undefined ? {} : { because }) };

export const is =
  (...words: readonly string[]) =>
  (value: JudgedValue): ValueJudgement =>
    when(words.includes(value.text));
export const equals =
  (...numbers: readonly number[]) =>
  (value: JudgedValue): ValueJudgement =>
    when(value.number !== undefined && numbers.includes(value.number));
export const within =
  (low: number, high: number) =>
  ({ number }: JudgedValue): ValueJudgement =>
    when(number !== undefined && number >= low && number <= high);
