import type { SecureContextOptions } from 'node:tls';

/** What one connection to the API server needs to be opened. */
export interface TlsSettings extends Pick<
  SecureContextOptions,
  'ca' | 'cert' | 'key' | 'passphrase' | 'pfx'
> {
  rejectUnauthorized?: boolean;
  servername?: string;
}

export interface ResolvedCredentials {
  /** Authorization and impersonation. */
  headers: Readonly<Record<string, string>>;
  tls: TlsSettings;
  /** Equal as long as connections opened with earlier settings may be used. */
  tlsFingerprint: string;
}

/** Who we are, asked anew for every call: tokens rotate, and exec plugins renew certificates. */
export interface Credentials {
  /** Origin and optional path prefix, e.g. `https://10.0.0.1:6443` or `https://rancher/k8s/clusters/c-1`. */
  readonly server: URL;
  /** Errors: KubeError `CredentialsFailed`. */
  resolve(): Promise<ResolvedCredentials>;
  /** The server refused them (401): read files and ask plugins again at the next call. */
  invalidate(): void;
}

/** A fixed server and fixed headers: plain HTTP behind `kubectl proxy`, and tests. */
export function fixedCredentials(
  server: string,
  headers: Readonly<Record<string, string>> = {},
  tls: TlsSettings = {},
): Credentials {
  const resolved: ResolvedCredentials = { headers, tls, tlsFingerprint: 'fixed' };
  return { server: new URL(server), resolve: () => Promise.resolve(resolved), invalidate: () => undefined };
}
