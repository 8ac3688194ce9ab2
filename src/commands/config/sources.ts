import type { OperatorGeneration } from '../../assess/recommend.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { projectAppliedConfig, type AppliedConfig } from '../../observe/resources/applied-config.ts';
import { fieldsOf, itemsOf, textOf, type Fields } from '../../observe/resources/loose.ts';
import { projectNode, type ClusterNode } from '../../observe/resources/node.ts';
import { projectPtpConfig, type PtpConfig } from '../../observe/resources/ptp-config.ts';
import { APPLIED_CONFIG_MAP } from '../../observe/resources/upstream.ts';
import { readDocuments, type ManifestDocument } from '../manifests/documents.ts';
import type { InputText } from '../manifests/input.ts';
import { ptpConfigsIn } from '../manifests/ptp-config-manifest.ts';
import { compareVersions } from '../../ptp/config/options.ts';
import { SettingsError } from '../settings.ts';

/** What files or the API server say about a cluster. */
export interface ClusterView {
  configs: readonly PtpConfig[];
  nodes: readonly ClusterNode[];
  applied?: AppliedConfig;
}

/** @throws SettingsError when a file cannot be read: an answer from half of the files would be wrong. */
export function readClusterFiles(inputs: readonly InputText[]): ClusterView {
  const documents = inputs.flatMap(documentsOf);
  const objects = documents.flatMap(objectsIn);
  const applied = objects.find(({ kind, metadata }) => {
    return kind === 'ConfigMap' && metadata.name === APPLIED_CONFIG_MAP;
  });
  return {
    configs: documents
      .flatMap(ptpConfigsIn)
      .map(({ object, name }) => projectPtpConfig({ ...object, metadata: { name } })),
    nodes: objects.filter(({ kind }) => kind === 'Node').map(projectNode),
    ...(applied === undefined ? {} : { applied: projectAppliedConfig(applied) }),
  };
}

function documentsOf({ path, text, problem }: InputText): readonly ManifestDocument[] {
  if (text === undefined) throw new SettingsError(`${path}: ${problem ?? 'not readable'}`);
  const documents = readDocuments(text);
  for (const { problems } of documents) {
    const syntax = problems.find(({ kind }) => kind === 'Syntax');
    if (syntax !== undefined)
      throw new SettingsError(`${path}:${syntax.line}:${syntax.column}: ${syntax.message}`);
  }
  return documents;
}

/** Objects with a name, alone or in a list. Items of a typed list carry no kind of their own. */
function objectsIn({ value }: ManifestDocument): readonly KubeObject[] {
  const root = fieldsOf(value);
  const kind = textOf(root['kind'])?.replace(/List$/, '');
  const objects = Array.isArray(root['items']) ? itemsOf(root['items']).map(fieldsOf) : [root];
  return objects.filter(hasName).map((object) => ({ ...(kind === undefined ? {} : { kind }), ...object }));
}

function hasName(object: Fields): object is Fields & KubeObject {
  return textOf(fieldsOf(object['metadata'])['name']) !== undefined;
}

const FIRST_QUALIFYING = '4.22';

/** Takes any release, for example 4.16 or 4.23. @throws SettingsError when it is no release. */
export function parseGeneration(text: string): OperatorGeneration {
  if (!/^v?\d+\.\d+/.test(text)) throw new SettingsError(`--generation ${text}: give a release such as 4.21`);
  return compareVersions(text, FIRST_QUALIFYING) >= 0 ? '4.22' : '4.21';
}
