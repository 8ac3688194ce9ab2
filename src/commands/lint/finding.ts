import type { LintFinding as ProfileFinding } from '../../assess/compliance/lint.ts';
import type { Place } from '../manifests/documents.ts';

/** What `lint --output json` says about one place of a file. Fields that do not apply are null. */
export interface LintFinding extends Place {
  rule: string;
  severity: ProfileFinding['severity'];
  option: string | null;
  section: string | null;
  profile: string | null;
  message: string;
  expected: string | null;
  found: string | null;
  remedy: string;
  reference: string;
}

export interface LintFile {
  path: string;
  profiles: readonly { name: string; clockType: string; ituProfile: string }[];
  findings: readonly LintFinding[];
}

/** The whole result: a stable contract, fields are added and never renamed. */
export interface LintReport {
  kind: 'PtpLint';
  files: readonly LintFile[];
}
