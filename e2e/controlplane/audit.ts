import { readFileSync } from 'node:fs';

/** Every request, once, when it ends (a watch: also when it starts), without bodies. */
export const AUDIT_POLICY = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [{ level: 'Metadata' }],
};

/** One request as the API server recorded it. */
export interface AuditedCall {
  user: string;
  /** Identity of the token used, `JTI=…`; empty for other credentials. */
  credential: string;
  verb: string;
  /** Set when the request is not about a resource, for example `/version`; the fields below are empty then. */
  nonResourcePath?: string;
  group: string;
  resource: string;
  subresource: string;
  namespace: string;
  name: string;
  /** HTTP status of the answer. */
  code: number;
  receivedMicros: number;
}

interface AuditEvent {
  auditID: string;
  stage: string;
  verb: string;
  requestURI: string;
  requestReceivedTimestamp: string;
  user: { username?: string; extra?: Record<string, string[]> };
  objectRef?: {
    apiGroup?: string;
    resource?: string;
    subresource?: string;
    namespace?: string;
    name?: string;
  };
  responseStatus?: { code?: number };
}

/** Reads the audit log. A last line that is still being written is left out. */
export function readAuditLog(path: string): AuditedCall[] {
  const calls = new Map<string, AuditedCall>();
  for (const line of readFileSync(path, 'utf8').split('\n').slice(0, -1)) {
    const event = JSON.parse(line) as AuditEvent;
    calls.set(event.auditID, toCall(event));
  }
  return [...calls.values()];
}

function toCall(event: AuditEvent): AuditedCall {
  const { username = '', extra = {} } = event.user;
  return {
    user: username,
    credential: extra['authentication.kubernetes.io/credential-id']?.[0] ?? '',
    verb: event.verb,
    ...targetOf(event),
    code: event.responseStatus?.code ?? 0,
    receivedMicros: microsOf(event.requestReceivedTimestamp),
  };
}

type Target = Pick<
  AuditedCall,
  'nonResourcePath' | 'group' | 'resource' | 'subresource' | 'namespace' | 'name'
>;

function targetOf({ objectRef = {}, requestURI }: AuditEvent): Target {
  const { apiGroup: group = '', resource = '', subresource = '', namespace = '', name = '' } = objectRef;
  const target = { group, resource, subresource, namespace, name };
  return resource === '' ? { ...target, nonResourcePath: requestURI.split('?')[0] ?? '' } : target;
}

/** `Date.parse` stops at milliseconds; audit time stamps have six digits. */
function microsOf(stamp: string): number {
  const fraction = /\.(\d{1,6})/.exec(stamp)?.[1]?.padEnd(6, '0') ?? '000000';
  return Math.floor(Date.parse(stamp) / 1000) * 1_000_000 + Number(fraction);
}
