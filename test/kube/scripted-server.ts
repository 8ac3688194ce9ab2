import * as http from 'node:http';
import * as http2 from 'node:http2';
import * as https from 'node:https';
import type { AddressInfo } from 'node:net';
import { createSelfSignedCertificate } from '../../sim/api/certificate.ts';
import { Relay } from '../../sim/api/relay.ts';
import { type Credentials, fixedCredentials } from '../../src/kube/credentials.ts';

export type ServerKind = 'h2' | 'https-http1' | 'http';
/** Written for HTTP/1.1; Node's compatibility layer gives HTTP/2 requests the same form. */
export type Handler = (request: http.IncomingMessage, response: http.ServerResponse) => void;

/** A server whose answers the test writes itself, behind a relay that can cut or silence it. */
export interface ScriptedServer {
  url: string;
  ca: string;
  credentials: Credentials;
  relay: Relay;
  /** HTTP/2 sessions in the order of their opening. */
  sessions: http2.ServerHttp2Session[];
  stop: () => Promise<void>;
}

export interface ScriptedServerOptions {
  kind?: ServerKind;
  maxConcurrentStreams?: number;
}

export async function startScriptedServer(
  handler: Handler,
  { kind = 'h2', maxConcurrentStreams = 100 }: ScriptedServerOptions = {},
): Promise<ScriptedServer> {
  const { certificate, key } = createSelfSignedCertificate(['localhost', '127.0.0.1']);
  const tls = { cert: certificate, key };
  const server =
    kind === 'http'
      ? http.createServer(handler)
      : kind === 'https-http1'
        ? https.createServer(tls, handler)
        : http2.createSecureServer(
            { ...tls, allowHTTP1: true, settings: { maxConcurrentStreams } },
            handler as never,
          );
  const sessions: http2.ServerHttp2Session[] = [];
  server.on('session', (session: http2.ServerHttp2Session) => {
    session.on('error', () => undefined);
    sessions.push(session);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const relay = new Relay((server.address() as AddressInfo).port);
  await relay.listen('127.0.0.1', 0);
  const url = `${kind === 'http' ? 'http' : 'https'}://127.0.0.1:${relay.port}`;
  return {
    url,
    ca: certificate,
    credentials: fixedCredentials(url, { authorization: 'Bearer test' }, { ca: certificate }),
    relay,
    sessions,
    stop: async () => {
      await relay.stopListening();
      relay.reset();
      for (const session of sessions) session.destroy();
      if ('closeAllConnections' in server) server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
