import type { Observation, ObservationSink } from '../../observation.ts';
import type { Line } from './line.ts';

/**
 * What a rule makes of its line. `groups` are the captures of the rule's pattern (`groups[0]` is the
 * matched text), or only the rest of the line where the rule has no pattern.
 */
export type RuleReader = (line: Line, groups: readonly string[]) => Observation | undefined;

/** One message a program prints: how it starts, what follows, and the fact it carries. */
export interface Rule {
  starts: string;
  /** Applies to the text after `starts`. The rule holds only where it matches. */
  pattern?: RegExp;
  read?: RuleReader;
}

/** A message that starts with this text; without a reader it is known and carries no fact. */
export function message(starts: string, read?: RuleReader): Rule {
  return { starts, ...(read !== undefined && { read }) };
}

/** A message that starts with this text and goes on as the pattern says. */
export function pattern(starts: string, following: RegExp, read?: RuleReader): Rule {
  return { starts, pattern: following, ...(read !== undefined && { read }) };
}

/**
 * Rules by the first character of the message. The first rule that holds wins, so that a more exact rule
 * stands before a wider one.
 */
export class RuleTable {
  readonly #byFirstCharacter = new Map<number, Rule[]>();
  /** Rules that may start with anything. They come after all others. */
  readonly #wide: readonly Rule[];

  constructor(rules: readonly Rule[]) {
    this.#wide = rules.filter((rule) => rule.starts === '');
    for (const rule of rules) {
      if (rule.starts === '') continue;
      const first = rule.starts.charCodeAt(0);
      const bucket = this.#byFirstCharacter.get(first);
      if (bucket === undefined) this.#byFirstCharacter.set(first, [rule]);
      else bucket.push(rule);
    }
  }

  /** Reads the message at the line's cursor. False when no rule knows it; the cursor then stays. */
  read(line: Line, emit: ObservationSink): boolean {
    const candidates = this.#byFirstCharacter.get(line.peek());
    return readFirst(candidates ?? [], line, emit) || readFirst(this.#wide, line, emit);
  }
}

function readFirst(candidates: readonly Rule[], line: Line, emit: ObservationSink): boolean {
  const messageStart = line.position;
  for (const rule of candidates) {
    if (rule.starts !== '' && !line.accept(rule.starts)) continue;
    if (applyRule(rule, line, emit)) return true;
    line.position = messageStart;
  }
  return false;
}

function applyRule(rule: Rule, line: Line, emit: ObservationSink): boolean {
  if (rule.pattern === undefined && rule.read === undefined) return true;
  const rest = line.rest();
  const groups = rule.pattern === undefined ? [rest] : rule.pattern.exec(rest);
  if (groups === null) return false;
  const observation = rule.read?.(line, groups);
  if (observation !== undefined) emit(observation);
  return true;
}
