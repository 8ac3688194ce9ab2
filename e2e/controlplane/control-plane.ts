import type { ApiClient } from './api-client.ts';
import type { KubectlOptions, KubectlResult } from './kubectl.ts';

/** A real Kubernetes API for one test file. */
export interface ControlPlane {
  /** Where its programs came from, for the test's log. */
  readonly source: string;
  readonly url: string;
  /** PEM of what signed the API server's certificate. */
  readonly caData: string;
  readonly adminToken: string;
  /** Kubeconfig of a cluster administrator. */
  readonly kubeconfigPath: string;
  readonly admin: ApiClient;
  readonly auditLogPath: string;
  /** The address under which the API server reaches servers of this machine: simulated kubelets. */
  readonly nodeAddress: string;
  /** False when no controller manager runs: no garbage collection, no default ServiceAccounts. */
  readonly hasControllers: boolean;
  /** Whether `restartApiServer` may change the server's flags. */
  readonly canChangeFlags: boolean;
  /** A token of a ServiceAccount, as a pod that runs under it would hold. */
  tokenFor(namespace: string, serviceAccount: string): Promise<string>;
  /** Writes a kubeconfig with this token and gives its path. */
  writeKubeconfig(name: string, token: string): string;
  kubectl(args: readonly string[], options?: KubectlOptions): Promise<KubectlResult>;
  /** Ends the API server and starts it again on the same port with the same data. */
  restartApiServer(options?: RestartOptions): Promise<void>;
  stop(): Promise<void>;
}

export interface RestartOptions {
  /** SIGKILL breaks every connection without a word, SIGTERM lets the server say goodbye. */
  signal?: 'SIGTERM' | 'SIGKILL';
  /** How long it stays away. */
  downMillis?: number;
  /** Flags of the API server from then on, besides its usual ones. Not with kind. */
  flags?: readonly string[];
}
