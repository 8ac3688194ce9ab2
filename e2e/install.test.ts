import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { KINDS } from '../src/api/crd.ts';
import type { ControlPlane } from './controlplane/control-plane.ts';
import { startControlPlane } from './controlplane/start.ts';
import {
  createNamespace,
  eventually,
  installOperator,
  mustKubectl,
  OPERATOR_NAMESPACE,
  OPERATOR_USER,
  overlayPath,
  PTP_NAMESPACE,
} from './support/install.ts';

jest.setTimeout(120_000);

const API = '/apis/ptphealth.io/v1alpha1';

describe('install files on a real API server', () => {
  let controlPlane: ControlPlane;
  let applied: string;

  beforeAll(async () => {
    controlPlane = await startControlPlane();
    applied = await installOperator(controlPlane, 'default');
  });
  afterAll(async () => {
    await controlPlane.stop();
  });

  it('config/default is accepted by an empty cluster, object by object', () => {
    for (const object of [
      'namespace/ptp-health',
      'serviceaccount/ptp-health-operator',
      'deployment.apps/ptp-health-operator',
      'service/ptp-health-metrics',
      'poddisruptionbudget.policy/ptp-health-operator',
      ...KINDS.map((kind) => `customresourcedefinition.apiextensions.k8s.io/${kind.plural}.ptphealth.io`),
    ]) {
      expect(applied).toContain(`${object} serverside-applied`);
    }
    expect(applied).toMatch(/clusterrole\.rbac\.authorization\.k8s\.io\/\S+ serverside-applied/);
    expect(applied).toMatch(/rolebinding\.rbac\.authorization\.k8s\.io\/\S+ serverside-applied/);
  });

  it('applying it again changes nothing', async () => {
    const versions = ['get', 'deployment,service,pdb,sa', '-n', OPERATOR_NAMESPACE, '-o', 'json'];
    const before = resourceVersions(await mustKubectl(controlPlane, versions));
    await mustKubectl(controlPlane, ['apply', '--server-side', '-k', overlayPath('default')]);
    expect(resourceVersions(await mustKubectl(controlPlane, versions))).toEqual(before);
  });

  it('config/single-node asks for one replica', async () => {
    const out = await mustKubectl(controlPlane, ['kustomize', overlayPath('single-node')]);
    expect(out).toMatch(/^ {2}replicas: 1$/m);
  });

  it('the pod passes the restricted pod security standard that its namespace enforces', async () => {
    const { body } = await controlPlane.admin.get(
      `/apis/apps/v1/namespaces/${OPERATOR_NAMESPACE}/deployments/ptp-health-operator`,
    );
    const template = (body as { spec: { template: { metadata: object; spec: object } } }).spec.template;
    const pod = await controlPlane.admin.post(`/api/v1/namespaces/${OPERATOR_NAMESPACE}/pods`, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...template.metadata, name: 'as-the-deployment-would' },
      spec: template.spec,
    });
    expect(pod).toMatchObject({ status: 201 });
    await controlPlane.admin.delete(`/api/v1/namespaces/${OPERATOR_NAMESPACE}/pods/as-the-deployment-would`);
  });

  describe('our kinds', () => {
    it.each(KINDS.map((kind) => [kind.plural]))(
      '%s is structural and has no naming conflict',
      async (plural) => {
        const { body } = await controlPlane.admin.get(
          `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${plural}.ptphealth.io`,
        );
        const conditions = (body as { status: { conditions: { type: string; status: string }[] } }).status
          .conditions;
        const statusOf = (type: string) => conditions.find((condition) => condition.type === type)?.status;
        expect(statusOf('NamesAccepted')).toBe('True');
        expect(statusOf('Established')).toBe('True');
        expect(statusOf('NonStructuralSchema') ?? 'False').toBe('False');
      },
    );

    it.each(KINDS.map((kind) => [kind.kind, kind] as const))(
      'every column of an empty %s prints',
      async (_, kind) => {
        const name = kind.kind === 'PtpFleetReport' ? 'cluster' : 'empty';
        const made = await controlPlane.admin.post(`${API}/${kind.plural}`, {
          apiVersion: 'ptphealth.io/v1alpha1',
          kind: kind.kind,
          metadata: { name },
          spec: {},
        });
        expect(made).toMatchObject({ status: 201 });
        const table = await mustKubectl(controlPlane, ['get', kind.shortNames[0]!, '-o', 'wide']);
        const [header, row] = table.split('\n');
        expect(header!.split(/\s{2,}/)).toEqual(['NAME', ...headers(kind)]);
        expect(row).toMatch(new RegExp(`^${name} `));
      },
    );

    it('all of them are in the category ptp', async () => {
      const listed = await mustKubectl(controlPlane, ['get', 'ptp', '-o', 'name']);
      expect(listed).toContain('ptphealthreport.ptphealth.io/empty');
      expect(listed).toContain('ptpfleetreport.ptphealth.io/cluster');
    });

    it('a report goes with its Node, also when no operator runs', async () => {
      if (!controlPlane.hasControllers) {
        console.warn('skipped: no garbage collector runs in this control plane');
        return;
      }
      const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'leaving' } };
      const { uid } = (
        (await controlPlane.admin.post('/api/v1/nodes', node)).body as { metadata: { uid: string } }
      ).metadata;
      await controlPlane.admin.post(`${API}/ptphealthreports`, {
        apiVersion: 'ptphealth.io/v1alpha1',
        kind: 'PtpHealthReport',
        metadata: {
          name: 'leaving',
          ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: 'leaving', uid }],
        },
      });
      await controlPlane.admin.delete('/api/v1/nodes/leaving');
      await eventually(
        'the report collected',
        async () => {
          const answer = await controlPlane.admin.get(`${API}/ptphealthreports/leaving`);
          return answer.status === 404 ? true : undefined;
        },
        60_000,
      );
    });

    it('there is one fleet report, named cluster', async () => {
      const refused = await controlPlane.admin.post(`${API}/ptpfleetreports`, {
        apiVersion: 'ptphealth.io/v1alpha1',
        kind: 'PtpFleetReport',
        metadata: { name: 'another' },
      });
      expect(refused.status).toBe(422);
      expect(JSON.stringify(refused.body)).toContain('the only PtpFleetReport is named cluster');
    });

    it('a policy with limits in the wrong order is refused with the reason', async () => {
      const refused = await controlPlane.admin.post(`${API}/ptphealthpolicies`, {
        apiVersion: 'ptphealth.io/v1alpha1',
        kind: 'PtpHealthPolicy',
        metadata: { name: 'upside-down' },
        spec: { limits: { offsetNanoseconds: 2000, criticalOffsetNanoseconds: 100 } },
      });
      expect(refused.status).toBe(422);
      expect(JSON.stringify(refused.body)).toContain(
        'offsetNanoseconds must not exceed criticalOffsetNanoseconds',
      );
    });

    it('a policy gets its defaults from the server', async () => {
      const made = await controlPlane.admin.post(`${API}/ptphealthpolicies`, {
        apiVersion: 'ptphealth.io/v1alpha1',
        kind: 'PtpHealthPolicy',
        metadata: { name: 'defaults' },
        spec: { clockClass: 'C' },
      });
      expect(made).toMatchObject({
        status: 201,
        body: { spec: { clockClass: 'C', limits: { offsetNanoseconds: 100 } } },
      });
    });

    it('kubectl explain knows every field of the status', async () => {
      const explained = await mustKubectl(controlPlane, ['explain', 'phr.status', '--recursive']);
      for (const field of [
        'health',
        'because',
        'worstOffsetNanoseconds',
        'conditions',
        'evidence',
        'byKind',
      ]) {
        expect(explained).toMatch(new RegExp(`^\\s+${field}\\s`, 'm'));
      }
    });
  });

  it('config/openshift lets the operator read pods and logs in openshift-ptp only', async () => {
    // kubectl reads `pods/log` as the pod named log: a subresource has a flag of its own.
    const may = async (verb: string, resource: string, namespace: string) => {
      const [plural, subresource = ''] = resource.split('/');
      const answer = await controlPlane.kubectl([
        ...['auth', 'can-i', verb, plural!, `--subresource=${subresource}`],
        ...['--as', OPERATOR_USER, '-n', namespace],
      ]);
      return answer.stdout.trim();
    };
    expect(await may('get', 'pods/log', 'default')).toBe('yes');
    await mustKubectl(controlPlane, ['delete', 'clusterrolebinding', 'ptp-health-ptp-reader']);
    await createNamespace(controlPlane, PTP_NAMESPACE);
    await installOperator(controlPlane, 'openshift');
    expect(await may('get', 'pods/log', PTP_NAMESPACE)).toBe('yes');
    expect(await may('get', 'pods/log', 'default')).toBe('no');
    expect(await may('get', 'secrets', PTP_NAMESPACE)).toBe('no');
    expect(await may('delete', 'pods', PTP_NAMESPACE)).toBe('no');
    expect(await may('create', 'pods/exec', PTP_NAMESPACE)).toBe('no');
  });

  it('removing the operator leaves the namespace of the PTP operator alone', async () => {
    await mustKubectl(controlPlane, ['delete', '--wait=false', '-k', overlayPath('openshift')]);
    const namespace = await controlPlane.admin.get(`/api/v1/namespaces/${PTP_NAMESPACE}`);
    expect(namespace).toMatchObject({ status: 200, body: { status: { phase: 'Active' } } });
  });
});

function headers(kind: (typeof KINDS)[number]): string[] {
  return kind.columns.map((column) => column.name.toUpperCase());
}

function resourceVersions(json: string): string[] {
  const list = JSON.parse(json) as {
    items: { kind: string; metadata: { name: string; resourceVersion: string } }[];
  };
  return list.items.map(({ kind, metadata }) => `${kind}/${metadata.name}@${metadata.resourceVersion}`);
}
