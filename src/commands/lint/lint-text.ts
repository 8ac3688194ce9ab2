import {
  lintExpected,
  lintProfiles,
  type LintFinding as ProfileFinding,
} from '../../assess/compliance/lint.ts';
import type { LintOptions } from '../../assess/compliance/lint.ts';
import { readDocuments, type ManifestDocument, type Place } from '../manifests/documents.ts';
import { expectedOfText, isLinuxptpText } from '../manifests/linuxptp-text.ts';
import { ptpConfigsIn, type PtpConfigManifest } from '../manifests/ptp-config-manifest.ts';
import { checkFields } from './check-fields.ts';
import { checkRecommend } from './check-recommend.ts';
import type { LintFile, LintFinding } from './finding.ts';
import { groupProfiles, type ProfileGroup } from './groups.ts';
import { manifestFinding } from './manifest-rules.ts';
import { placeOfFinding } from './places.ts';

/** What lint found in one text, and whether all of it could be read. */
export interface LintedText {
  file: LintFile;
  isReadable: boolean;
}

export interface TextToLint {
  path: string;
  text: string;
  /** A file named by the user should hold a PtpConfig; one found in a folder need not. */
  isNamed?: boolean;
}

const START: Place = { line: 1, column: 1 };
const ORDER: readonly LintFinding['severity'][] = ['Error', 'Warn', 'Info'];

/** Checks the PtpConfigs of a YAML or JSON text, or one plain linuxptp configuration. Never throws. */
export function lintText(input: TextToLint, options: LintOptions = {}): LintedText {
  const { path, text } = input;
  if (isLinuxptpText(text)) return { file: lintLinuxptp(path, text, options), isReadable: true };
  const documents = readDocuments(text);
  const manifests = documents.flatMap(ptpConfigsIn);
  const findings = documents.flatMap(textFindings);
  if (manifests.length === 0 && findings.length === 0 && input.isNamed !== false) {
    if (!documents.every(isEmptyList)) {
      findings.push(manifestFinding('empty', START, 'there is no PtpConfig in this file'));
    }
  }
  const linted = groupProfiles(manifests).map((group) => lintGroup(group, options));
  const ofFields = manifests.flatMap(checkFields);
  return {
    file: {
      path,
      profiles: profilesOf(manifests, linted),
      findings: inOrder([
        ...findings,
        ...ofFields,
        ...checkRecommend(manifests),
        ...withoutConsequences(
          linted.flatMap((group) => group.findings),
          ofFields,
        ),
      ]),
    },
    isReadable: documents.every(({ problems }) => problems.every(({ kind }) => kind !== 'Syntax')),
  };
}

/** A field of the wrong type is not read: what then seems to be missing at its place is told by it. */
function withoutConsequences(
  findings: readonly LintFinding[],
  ofFields: readonly LintFinding[],
): readonly LintFinding[] {
  const causes = new Set(ofFields.map(({ line, column }) => `${line}:${column}`));
  return findings.filter(({ line, column }) => !causes.has(`${line}:${column}`));
}

function textFindings({ problems }: ManifestDocument): LintFinding[] {
  return problems.map((problem) =>
    manifestFinding(problem.kind === 'Syntax' ? 'syntax' : 'duplicateKey', problem, problem.message),
  );
}

/** `kubectl get` of nothing, or an empty document: nothing to find is as it should be. */
function isEmptyList({ value }: ManifestDocument): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { items } = value as { items?: unknown };
  return Array.isArray(items) && items.length === 0;
}

interface LintedGroup {
  profiles: ReadonlyMap<unknown, LintFile['profiles'][number]>;
  findings: readonly LintFinding[];
}

function lintGroup({ profiles, origins }: ProfileGroup, options: LintOptions): LintedGroup {
  const result = lintProfiles(profiles, options);
  return {
    profiles: new Map(
      result.profiles.flatMap(({ name, clockType, ituProfile }) => {
        const origin = origins.get(name);
        return origin === undefined ? [] : [[origin, { name: origin.profile.name, clockType, ituProfile }]];
      }),
    ),
    findings: result.findings.flatMap((finding) => {
      const origin = origins.get(finding.profile);
      return origin === undefined
        ? []
        : [toFileFinding(finding, placeOfFinding(origin, finding), origin.profile.name)];
    }),
  };
}

/** In the order of the file; a profile that several kinds of nodes take is told once. */
function profilesOf(
  manifests: readonly PtpConfigManifest[],
  linted: readonly LintedGroup[],
): LintFile['profiles'] {
  const known = new Map(linted.flatMap(({ profiles }) => [...profiles]));
  return manifests
    .flatMap(({ profiles }) => profiles)
    .map((one) => known.get(one) ?? { name: one.profile.name, clockType: 'Unknown', ituProfile: 'Unknown' });
}

function lintLinuxptp(path: string, text: string, options: LintOptions): LintFile {
  const expected = expectedOfText(path, text, options.linuxptpVersion);
  const { profiles, findings } = lintExpected(expected, options);
  const lines = text.split('\n');
  const placeOf = ({ line, option }: ProfileFinding): Place => {
    const global = lines.findIndex((one) => /^\s*\[global\]/i.test(one)) + 1;
    const wanted = line ?? (option === undefined ? 1 : Math.max(1, global));
    return { line: wanted, column: Math.max(0, (lines[wanted - 1] ?? '').search(/\S/)) + 1 };
  };
  return {
    path,
    profiles,
    findings: inOrder(findings.map((finding) => toFileFinding(finding, placeOf(finding), finding.profile))),
  };
}

function toFileFinding(finding: ProfileFinding, place: Place, profile: string): LintFinding {
  const { rule, severity, option, section, message, expected, found, remedy, reference } = finding;
  return {
    rule,
    severity,
    option: option ?? null,
    section: section ?? null,
    profile,
    line: place.line,
    column: place.column,
    message,
    expected: expected ?? null,
    found: found ?? null,
    remedy,
    reference,
  };
}

/** Worst first, then by place. One and the same finding of several groups is told once. */
function inOrder(findings: readonly LintFinding[]): readonly LintFinding[] {
  const distinct = new Map(
    findings.map((one) => [`${one.rule} ${one.line}:${one.column} ${one.profile ?? ''} ${one.message}`, one]),
  );
  return [...distinct.values()].toSorted(
    (left, right) =>
      ORDER.indexOf(left.severity) - ORDER.indexOf(right.severity) ||
      left.line - right.line ||
      left.column - right.column,
  );
}

/** A file that could not be read at all. */
export function unreadableFile(path: string, problem: string): LintedText {
  return {
    file: { path, profiles: [], findings: [manifestFinding('unreadable', START, problem)] },
    isReadable: false,
  };
}
