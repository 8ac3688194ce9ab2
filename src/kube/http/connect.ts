import { isIP } from 'node:net';
import * as tls from 'node:tls';
import type { TlsSettings } from '../credentials.ts';
import { abortedError } from '../deadline.ts';
import { KubeError } from '../errors.ts';

/** Time after which the kernel itself begins to probe a silent connection. */
const TCP_KEEP_ALIVE_MILLIS = 30_000;

/** Host without the brackets of an IPv6 address. */
export function hostOf(server: URL): string {
  return server.hostname.replace(/^\[(.*)\]$/, '$1');
}

export function portOf(server: URL): number {
  if (server.port !== '') return Number(server.port);
  return server.protocol === 'https:' ? 443 : 80;
}

/** Opens a TLS connection and lets the server choose HTTP/2 or HTTP/1.1. Errors: KubeError `ConnectFailed`. */
export function connectTls(server: URL, settings: TlsSettings, signal: AbortSignal): Promise<tls.TLSSocket> {
  return new Promise((resolve, reject) => {
    const host = hostOf(server);
    const socket = tls.connect({
      ...settings,
      host,
      port: portOf(server),
      // SNI carries names only; an address is checked against the certificate all the same.
      servername: settings.servername ?? (isIP(host) === 0 ? host : ''),
      ALPNProtocols: ['h2', 'http/1.1'],
    });
    const settle = (finish: () => void): void => {
      signal.removeEventListener('abort', onAbort);
      socket.off('error', onError).off('close', onClose).off('secureConnect', onSecure);
      finish();
    };
    const fail = (error: KubeError): void => {
      settle(() => {
        // A late error of a socket that nobody uses must not end the process.
        socket.on('error', () => undefined);
        socket.destroy();
        reject(error);
      });
    };
    const onAbort = (): void => {
      fail(abortedError(signal));
    };
    const onError = (error: Error): void => {
      fail(new KubeError('ConnectFailed', `${host}:${portOf(server)}: ${error.message}`, { cause: error }));
    };
    const onClose = (): void => {
      fail(new KubeError('ConnectFailed', `${host}:${portOf(server)}: closed during the TLS handshake`));
    };
    const onSecure = (): void => {
      settle(() => {
        socket.setNoDelay(true);
        socket.setKeepAlive(true, TCP_KEEP_ALIVE_MILLIS);
        resolve(socket);
      });
    };
    socket.on('error', onError).on('close', onClose).on('secureConnect', onSecure);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}
