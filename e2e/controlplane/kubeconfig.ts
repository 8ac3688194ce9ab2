/** A kubeconfig with one cluster and one user, as JSON (which is YAML). */
export function kubeconfig(url: string, caData: string, token: string): string {
  return JSON.stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        {
          name: 'e2e',
          cluster: { server: url, 'certificate-authority-data': Buffer.from(caData).toString('base64') },
        },
      ],
      users: [{ name: 'e2e', user: { token } }],
      contexts: [{ name: 'e2e', context: { cluster: 'e2e', user: 'e2e' } }],
      'current-context': 'e2e',
    },
    null,
    2,
  );
}
