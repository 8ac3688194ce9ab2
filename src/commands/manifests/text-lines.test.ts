import { describe, expect, it } from '@jest/globals';
import { isScalar, parseDocument, stringify, type Scalar } from 'yaml';
import { readDocuments } from './documents.ts';

const TEXT = '[global]\ndomainNumber 24\n\n# comment\n[ens1f0]\nmasterOnly 1\n';

/** The word that starts at the place a line is said to be at. */
function wordAt(source: string, line: number): string | undefined {
  const place = readDocuments(source)[0]!.placeOfLine(['conf'], line);
  const text = source.split('\n')[place.line - 1] ?? '';
  return /^[^\s\\"']+/.exec(text.slice(place.column - 1))?.[0];
}

describe('lines of a text value', () => {
  const styles: Scalar.Type[] = ['BLOCK_LITERAL', 'BLOCK_FOLDED', 'QUOTE_DOUBLE', 'QUOTE_SINGLE'];

  it.each(styles)('are found in style %s', (style) => {
    const document = parseDocument('other: 1\nconf: x\n');
    const scalar = document.get('conf', true);
    if (!isScalar(scalar)) throw new Error('no scalar');
    scalar.value = TEXT;
    scalar.type = style;
    for (const lineWidth of [0, 30]) {
      const source = document.toString({ lineWidth });
      expect(parseDocument(source).get('conf')).toBe(TEXT);
      expect(wordAt(source, 1)).toBe('[global]');
      expect(wordAt(source, 2)).toBe('domainNumber');
      expect(wordAt(source, 5)).toBe('[ens1f0]');
      expect(wordAt(source, 6)).toBe('masterOnly');
    }
  });

  it('are found in JSON, in a value behind an alias, and in a merged mapping', () => {
    expect(wordAt(JSON.stringify({ conf: TEXT }), 5)).toBe('[ens1f0]');
    const literal = stringify({ base: TEXT }).replace('base: ', 'base: &text ');
    expect(wordAt(`${literal}conf: *text\n`, 2)).toBe('domainNumber');
    expect(wordAt(`base: &base\n  conf: |\n    a 1\n    b 2\n<<: *base\n`, 2)).toBe('b');
  });

  it('keep the start of the value when it has no such line', () => {
    expect(readDocuments('conf: |\n  a\n')[0]!.placeOfLine(['conf'], 9)).toEqual({ line: 1, column: 7 });
    expect(readDocuments('conf: 7\n')[0]!.placeOfLine(['conf'], 2)).toEqual({ line: 1, column: 7 });
    expect(readDocuments('other: 7\n')[0]!.placeOfLine(['conf'], 2)).toEqual({ line: 1, column: 1 });
  });
});

describe('readDocuments', () => {
  it('gives the place of a broken line, of a key given twice and of what is missing', () => {
    expect(readDocuments('a: 1\nb: c: d\n')[0]!.problems).toMatchObject([{ kind: 'Syntax', line: 2 }]);
    expect(readDocuments('a: 1\nb:\n  c: 1\n  c: 2\n')[0]!.problems).toMatchObject([
      { kind: 'DuplicateKey', line: 4, column: 3 },
    ]);
    expect(readDocuments('a:\n  b: {c: 1}\n')[0]!.place(['a', 'b', 'x', 'y'])).toEqual({
      line: 2,
      column: 3,
    });
  });

  it('refuses aliases that stand for too much, and ends on aliases of themselves', () => {
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x,x]'];
    for (let index = 1; index < 9; index += 1) {
      const [name, before] = ['abcdefghi'[index]!, 'abcdefghi'[index - 1]!];
      bomb.push(`${name}: &${name} [${Array.from({ length: 10 }, () => `*${before}`).join(',')}]`);
    }
    expect(readDocuments(bomb.join('\n'))[0]!.problems).toMatchObject([{ kind: 'Syntax' }]);
    const circle = readDocuments('a: &a\n  b: *a\n  <<: *a\n')[0]!;
    expect(circle.place(['a', 'b', 'b', 'missing'])).toMatchObject({ line: 2 });
  });
});
