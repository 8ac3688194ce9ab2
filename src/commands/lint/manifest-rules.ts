import type { Place } from '../manifests/documents.ts';
import type { LintFinding } from './finding.ts';

/** Rules about the manifest itself: what the API server and the PTP Operator make of it. */
export interface ManifestRule {
  readonly id: string;
  readonly title: string;
  readonly severity: LintFinding['severity'];
  readonly remedy: string;
  readonly reference: string;
}

const CRD = 'PtpConfig ptp.openshift.io/v1';
const RECOMMEND = 'PTP Operator, choice of profiles';

const RULES = {
  unreadable: {
    id: 'manifest-unreadable',
    title: 'the file can be read',
    severity: 'Error',
    remedy: 'Name a YAML or JSON file that exists and may be read.',
    reference: 'YAML 1.2',
  },
  syntax: {
    id: 'manifest-syntax',
    title: 'the file is YAML or JSON',
    severity: 'Error',
    remedy: 'Mend the YAML at this place.',
    reference: 'YAML 1.2',
  },
  duplicateKey: {
    id: 'manifest-duplicate-key',
    title: 'no key stands twice in one mapping',
    severity: 'Error',
    remedy: 'Keep one of the two.',
    reference: 'YAML 1.2',
  },
  empty: {
    id: 'manifest-no-ptpconfig',
    title: 'the file holds a PtpConfig',
    severity: 'Info',
    remedy: 'Name files that hold PtpConfig resources.',
    reference: CRD,
  },
  missingField: {
    id: 'manifest-missing-field',
    title: 'required fields are there',
    severity: 'Error',
    remedy: 'Add the field: the API server refuses the resource without it.',
    reference: CRD,
  },
  fieldType: {
    id: 'manifest-field-type',
    title: 'every field has the type of the CRD',
    severity: 'Error',
    remedy: 'Give a value of the right type: the API server refuses another.',
    reference: CRD,
  },
  unknownField: {
    id: 'manifest-unknown-field',
    title: 'every field is one of the CRD',
    severity: 'Warn',
    remedy: 'Mend the spelling or remove the field: the API server drops it.',
    reference: CRD,
  },
  profileName: {
    id: 'profile-name-unique',
    title: 'profile names are unique',
    severity: 'Error',
    remedy: 'Give each profile a name of its own.',
    reference: RECOMMEND,
  },
  recommendedProfile: {
    id: 'recommend-profile',
    title: 'a recommended profile exists',
    severity: 'Error',
    remedy: 'Name a profile of spec.profile: a missing one stops the update of all nodes.',
    reference: RECOMMEND,
  },
  priority: {
    id: 'recommend-priority',
    title: 'a recommendation has a priority',
    severity: 'Error',
    remedy: 'Set priority; 0 is the highest.',
    reference: RECOMMEND,
  },
  match: {
    id: 'recommend-match',
    title: 'a recommendation can match a node',
    severity: 'Warn',
    remedy: 'Give match a nodeLabel that is a label key alone, or a nodeName.',
    reference: RECOMMEND,
  },
  notRecommended: {
    id: 'recommend-missing',
    title: 'every profile is recommended to some nodes',
    severity: 'Warn',
    remedy: 'Add an entry to spec.recommend, or remove the profile.',
    reference: RECOMMEND,
  },
} as const satisfies Record<string, ManifestRule>;

export type ManifestRuleName = keyof typeof RULES;

export const MANIFEST_RULES: readonly ManifestRule[] = Object.values(RULES);

/** A finding of one of these rules. */
export function manifestFinding(
  name: ManifestRuleName,
  place: Place,
  message: string,
  details: Partial<Pick<LintFinding, 'option' | 'profile' | 'expected' | 'found' | 'severity'>> = {},
): LintFinding {
  const { id, severity, remedy, reference } = RULES[name];
  return {
    rule: id,
    severity,
    option: null,
    section: null,
    profile: null,
    line: place.line,
    column: place.column,
    message,
    expected: null,
    found: null,
    remedy,
    reference,
    ...details,
  };
}
