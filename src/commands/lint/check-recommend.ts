import type { ProfileRecommendation } from '../../assess/recommend.ts';
import type { PtpConfigManifest } from '../manifests/ptp-config-manifest.ts';
import type { LintFinding } from './finding.ts';
import { manifestFinding } from './manifest-rules.ts';

const MAX_FINDINGS = 200;

/** What the operator's choice of profiles would stumble over, looking at all resources of a file. */
export function checkRecommend(manifests: readonly PtpConfigManifest[]): readonly LintFinding[] {
  const names = new Set(manifests.flatMap(({ profiles }) => profiles.map(({ profile }) => profile.name)));
  const recommended = new Set(
    manifests.flatMap(({ recommend = [] }) => recommend.map(({ profile }) => profile)),
  );
  return [
    ...manifests.flatMap((manifest) => checkNames(manifest)),
    ...checkAcross(manifests),
    ...manifests.flatMap((manifest) =>
      (manifest.recommend ?? []).flatMap((entry, index) => checkEntry(manifest, entry, index, names)),
    ),
    ...manifests.flatMap((manifest) =>
      manifest.profiles
        .filter(({ profile }) => !recommended.has(profile.name))
        .map(({ path, profile }) =>
          manifestFinding(
            'notRecommended',
            manifest.document.place([...path, 'name']),
            `profile "${profile.name}" is recommended to no node`,
            { profile: profile.name, option: 'recommend' },
          ),
        ),
    ),
  ].slice(0, MAX_FINDINGS);
}

function checkNames({ profiles, document }: PtpConfigManifest): readonly LintFinding[] {
  const seen = new Set<string>();
  return profiles.flatMap(({ path, profile: { name } }) => {
    const isSecond = seen.has(name);
    seen.add(name);
    if (!isSecond) return [];
    const message = `two profiles of this resource are called "${name}"`;
    return [
      manifestFinding('profileName', document.place([...path, 'name']), message, {
        profile: name,
        option: 'name',
      }),
    ];
  });
}

/** Releases before 4.22 know profiles by their own name alone. */
function checkAcross(manifests: readonly PtpConfigManifest[]): readonly LintFinding[] {
  const holders = new Map<string, PtpConfigManifest>();
  return manifests.flatMap((manifest) =>
    manifest.profiles.flatMap(({ path, profile: { name } }) => {
      const holder = holders.get(name) ?? manifest;
      holders.set(name, holder);
      if (holder === manifest) return [];
      const message = `PtpConfig "${holder.name}" has a profile "${name}" too: before 4.22 no node is updated where both are recommended`;
      const place = manifest.document.place([...path, 'name']);
      return [
        manifestFinding('profileName', place, message, { severity: 'Warn', profile: name, option: 'name' }),
      ];
    }),
  );
}

function checkEntry(
  { document, path }: PtpConfigManifest,
  { profile, priority, match = [] }: ProfileRecommendation,
  index: number,
  names: ReadonlySet<string>,
): readonly LintFinding[] {
  const entry = [...path, 'spec', 'recommend', index];
  const subject = { profile: profile ?? null };
  const findings: LintFinding[] = [];
  const report = (
    rule: 'recommendedProfile' | 'priority' | 'match',
    field: readonly (string | number)[],
    message: string,
    found?: string,
  ): void => {
    const option = String(field.at(-1));
    const details = { ...subject, option, found: found ?? null };
    findings.push(manifestFinding(rule, document.place([...entry, ...field]), message, details));
  };
  if (profile !== undefined && !names.has(profile)) {
    report('recommendedProfile', ['profile'], `no PtpConfig here holds profile "${profile}"`, profile);
  }
  if (priority !== undefined && priority < 0) {
    report('priority', ['priority'], `priority ${priority} is below 0`, String(priority));
  }
  if (match.length === 0) report('match', ['match'], 'without a match rule the profile goes to no node');
  match.forEach(({ nodeLabel }, place) => {
    if (nodeLabel?.includes('=') !== true) return;
    const message = `nodeLabel "${nodeLabel}" is compared with label keys only: with "=" in it, it matches no node`;
    report('match', ['match', place, 'nodeLabel'], message, nodeLabel);
  });
  return findings;
}
