import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { createSecureContext, type SecureContext } from 'node:tls';

/** How a daemon's metrics are reached. */
export interface MetricsEndpoint {
  scheme: 'https' | 'http';
  host: string;
  port: number;
  /** Name on the certificate, as pods are addressed by IP. */
  serverName?: string;
  /** PEM of the CA; the system's CAs without it. */
  certificateAuthority?: string;
  /** Bearer token of ours; kube-rbac-proxy asks for one. Read anew for each scrape, as it rotates. */
  token?: string;
  /** For laboratories without a service CA only. */
  skipTlsVerification?: boolean;
}

/**
 * Connections are kept from one scrape to the next: a handshake costs the daemon's node and us more than
 * all the rest. Longer than twice the usual interval they are not needed any more.
 */
const IDLE_MILLIS = 60_000;
const keptConnections = new Agent({
  keepAlive: true,
  maxSockets: 2,
  maxFreeSockets: 1,
  timeout: IDLE_MILLIS,
});

/** A node's page is some ten KB; beyond this it is not what we asked for. */
const MAX_PAGE_BYTES = 4 * 1024 * 1024;

/** @throws Error on anything but a complete page with status 200 within the deadline. */
export function fetchMetrics(
  endpoint: MetricsEndpoint,
  deadlineMillis: number,
  signal: AbortSignal,
): Promise<string> {
  const {
    scheme,
    host,
    port,
    serverName,
    certificateAuthority,
    token,
    skipTlsVerification = false,
  } = endpoint;
  const options: RequestOptions & {
    servername?: string;
    secureContext?: SecureContext;
    rejectUnauthorized?: boolean;
  } = {
    host,
    port,
    path: '/metrics',
    signal: AbortSignal.any([signal, AbortSignal.timeout(deadlineMillis)]),
    headers: {
      accept: 'text/plain;version=0.0.4',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(serverName === undefined ? {} : { servername: serverName }),
    ...(certificateAuthority === undefined ? {} : { secureContext: contextFor(certificateAuthority) }),
    rejectUnauthorized: !skipTlsVerification,
    ...(scheme === 'https' ? { agent: keptConnections } : {}),
  };
  return new Promise((resolve, reject) => {
    const request = scheme === 'https' ? httpsRequest(options) : httpRequest(options);
    request.on('error', reject);
    request.on('response', (response) => {
      readPage(response).then(resolve, (error: unknown) => {
        request.destroy();
        reject(error instanceof Error ? error : new Error(String(error)));
      });
    });
    request.end();
  });
}

let newest: { certificateAuthority: string; context: SecureContext } | undefined;

/** Parsing the CA for each scrape of each node would be waste; there is one, and it changes seldom. */
function contextFor(certificateAuthority: string): SecureContext {
  if (newest?.certificateAuthority !== certificateAuthority) {
    newest = { certificateAuthority, context: createSecureContext({ ca: certificateAuthority }) };
    // Connections that trusted the old CA must not outlive it.
    keptConnections.destroy();
  }
  return newest.context;
}

async function readPage(response: IncomingMessage): Promise<string> {
  if (response.statusCode !== 200) throw new Error(`HTTP ${response.statusCode ?? 0}`);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_PAGE_BYTES) throw new Error(`the page is larger than ${MAX_PAGE_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
