import { dump } from 'js-yaml';

export interface KubeconfigParts {
  readonly url: string;
  readonly caCertificate: string | undefined;
  readonly token: string;
}

/** A kubeconfig with one cluster, user and context, as YAML. */
export function kubeconfigYaml({ url, caCertificate, token }: KubeconfigParts): string {
  const authority =
    caCertificate === undefined
      ? {}
      : { 'certificate-authority-data': Buffer.from(caCertificate).toString('base64') };
  return dump({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'simulated', cluster: { server: url, ...authority } }],
    users: [{ name: 'simulated', user: { token } }],
    contexts: [
      { name: 'simulated', context: { cluster: 'simulated', user: 'simulated', namespace: 'default' } },
    ],
    'current-context': 'simulated',
  });
}
