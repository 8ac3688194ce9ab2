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

interface Start<T> {
  starts: string;
  value: T;
}

/** Things by how a text starts, found through its first character. The first one that fits wins. */
export class StartTable<T> {
  /** An array and not a map: most lines are looked up in several tables. */
  readonly #byFirstByte: readonly (readonly Start<T>[])[];

  constructor(entries: readonly (readonly [starts: string, value: T])[]) {
    this.#byFirstByte = Array.from({ length: 256 }, (_, first) =>
      entries
        .filter(([starts]) => starts.charCodeAt(0) === first)
        .map(([starts, value]) => ({ starts, value })),
    );
  }

  /** Everything whose first character is the one at the line's cursor. */
  candidates(line: Line): readonly Start<T>[] {
    const first = line.peek();
    return (first < 0 ? undefined : this.#byFirstByte[first]) ?? [];
  }

  /** The thing whose text comes next; the cursor then stands behind that text. */
  accept(line: Line): T | undefined {
    for (const { starts, value } of this.candidates(line)) if (line.accept(starts)) return value;
    return undefined;
  }
}

/** A program's messages: a more exact rule stands before a wider one. */
export class RuleTable {
  readonly #rules: StartTable<Rule>;
  /** Rules that may start with anything. They come after all others. */
  readonly #wide: readonly Rule[];

  constructor(rules: readonly Rule[]) {
    this.#rules = new StartTable(
      rules.filter((rule) => rule.starts !== '').map((rule) => [rule.starts, rule] as const),
    );
    this.#wide = rules.filter((rule) => rule.starts === '');
  }

  /** Reads the message at the line's cursor. False when no rule knows it; the cursor then stays. */
  read(line: Line, emit: ObservationSink): boolean {
    const messageStart = line.position;
    for (const { starts, value } of this.#rules.candidates(line)) {
      if (line.accept(starts) && applyRule(value, line, emit)) return true;
      line.position = messageStart;
    }
    for (const rule of this.#wide) if (applyRule(rule, line, emit)) return true;
    return false;
  }
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
