import type { LintFinding as ProfileFinding } from '../../assess/compliance/lint.ts';
import { fieldsOf } from '../../observe/resources/loose.ts';
import type { Path, Place } from '../manifests/documents.ts';
import type { ManifestProfile } from '../manifests/ptp-config-manifest.ts';

/** Fields a finding names by themselves; also one that is missing or of the wrong type has a place. */
const PROFILE_FIELDS: ReadonlySet<string> = new Set([
  'ptp4lOpts',
  'phc2sysOpts',
  'ts2phcOpts',
  'chronydOpts',
  'ptpSchedulingPolicy',
  'ptpSchedulingPriority',
  'ptpClockThreshold',
  'plugins',
]);
const GLOBAL_LINE = /^\s*\[global\]/i;

/** Where in the file the cause of a finding stands; what is missing is placed where it belongs. */
export function placeOfFinding({ manifest, path, profile }: ManifestProfile, finding: ProfileFinding): Place {
  const { document } = manifest;
  const { program = 'ptp4l', option, section, line } = finding;
  const conf = `${program}Conf` as const;
  const has = (field: string): boolean => Object.hasOwn(profile, field);
  if (line !== undefined && has(conf)) return document.placeOfLine([...path, conf], line);
  const field = fieldOfOption(profile, option);
  if (field !== undefined) return document.place([...path, ...field]);
  const isFlag = section?.startsWith('-') === true || section === program;
  if (isFlag && has(`${program}Opts`)) return document.place([...path, `${program}Opts`]);
  if (!has(conf)) return document.place([...path, has(`${program}Opts`) ? `${program}Opts` : 'name']);
  const global = (profile[conf] ?? '').split('\n').findIndex((text) => GLOBAL_LINE.test(text));
  return global === -1 || option === undefined
    ? document.place([...path, conf])
    : document.placeOfLine([...path, conf], global + 1);
}

/** The way to the profile's own field a finding names: direct, in ptpSettings or in a plugin's settings. */
function fieldOfOption(profile: ManifestProfile['profile'], option: string | undefined): Path | undefined {
  if (option === undefined) return undefined;
  if (PROFILE_FIELDS.has(option)) return [option];
  if (Object.hasOwn(profile.ptpSettings ?? {}, option)) return ['ptpSettings', option];
  const plugin = Object.entries(profile.plugins ?? {}).find(([, settings]) =>
    Object.hasOwn(fieldsOf(fieldsOf(settings)['settings']), option),
  );
  return plugin === undefined ? undefined : ['plugins', plugin[0], 'settings', option];
}
