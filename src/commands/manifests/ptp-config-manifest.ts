import type { PtpConfigResource } from '../../assess/recommend.ts';
import type { PtpProfile } from '../../observe/observation.ts';
import { fieldsOf, isFields, itemsOf, textOf, type Fields } from '../../observe/resources/loose.ts';
import { readProfile } from '../../observe/resources/profile.ts';
import { projectPtpConfig } from '../../observe/resources/ptp-config.ts';
import type { ManifestDocument, Path } from './documents.ts';

/** A PtpConfig in a file, with the way to each of its parts. */
export interface PtpConfigManifest {
  document: ManifestDocument;
  /** The way to the object within its document: empty, or that of an item of a list. */
  path: Path;
  /** Empty when the object has none. */
  name: string;
  object: Fields;
  profiles: readonly ManifestProfile[];
  recommend: PtpConfigResource['recommend'];
}

export interface ManifestProfile {
  manifest: PtpConfigManifest;
  path: Path;
  /** The profile as it would be read from the API server, with its fields of the right type. */
  profile: PtpProfile;
}

export const PTP_API_GROUP = 'ptp.openshift.io';
const KIND = 'PtpConfig';
/** More profiles than this in one object are looked at only as far as their fields go. */
export const MAX_PROFILES = 1_000;

/** The PtpConfigs of a document: the document itself, or items of a list. */
export function ptpConfigsIn(document: ManifestDocument): PtpConfigManifest[] {
  const root = fieldsOf(document.value);
  if (!Array.isArray(root['items'])) return isPtpConfig(root) ? [manifestAt(document, [], root)] : [];
  const isOwnList = root['kind'] === `${KIND}List`;
  return itemsOf(root['items']).flatMap((item, index) => {
    const fields = fieldsOf(item);
    // The API server leaves kind and apiVersion out of the items of a typed list.
    const counts = isPtpConfig(fields) || (isOwnList && fields['kind'] === undefined && isFields(item));
    return counts ? [manifestAt(document, ['items', index], fields)] : [];
  });
}

function isPtpConfig(fields: Fields): boolean {
  const apiVersion = textOf(fields['apiVersion']);
  return fields['kind'] === KIND && (apiVersion === undefined || apiVersion.startsWith(`${PTP_API_GROUP}/`));
}

function manifestAt(document: ManifestDocument, path: Path, object: Fields): PtpConfigManifest {
  const name = textOf(fieldsOf(object['metadata'])['name']) ?? '';
  const profiles: ManifestProfile[] = [];
  const { recommend } = projectPtpConfig({ ...object, metadata: { name } });
  const manifest: PtpConfigManifest = { document, path, name, object, profiles, recommend };
  itemsOf(fieldsOf(object['spec'])['profile'])
    .slice(0, MAX_PROFILES)
    .forEach((raw, index) => {
      const { profile } = readProfile(raw);
      if (profile !== undefined) {
        profiles.push({ manifest, path: [...path, 'spec', 'profile', index], profile });
      }
    });
  return manifest;
}

/** The resource as the choice of profiles reads it. */
export function resourceOf({ name, profiles, recommend = [] }: PtpConfigManifest): PtpConfigResource {
  return { name, profiles: profiles.map(({ profile }) => profile), recommend };
}
