import { ApiError, badRequest, notFound } from './api-error.ts';
import type { Exchange } from './exchange.ts';
import { arrayAt, isObject, objectAt, stringAt } from './json.ts';
import type { KubeObject } from './object.ts';
import type { ObjectStore } from './store.ts';
import type { LogBackend } from '../kubelet/log-backend.ts';
import { LogError } from '../kubelet/log-backend.ts';
import { parseLogQuery } from '../kubelet/log-query.ts';

const UNSENT_LIMIT_BYTES = 16 * 1024 * 1024;

/** `GET /api/v1/namespaces/NS/pods/NAME/log`. @throws ApiError 400 or 404 */
export function servePodLog(
  exchange: Exchange,
  store: ObjectStore,
  backend: LogBackend | undefined,
  namespace: string,
  name: string,
): void {
  const pod = store.get('/pods', namespace, name);
  if (pod === undefined) throw notFound('', 'pods', name);
  const container = chooseContainer(pod, exchange.query.get('container'));
  if (stringAt(pod['spec'], 'nodeName') === undefined)
    throw badRequest(`pod ${name} does not have a host assigned`);
  rejectWaiting(pod, container, exchange.query.get('previous') === 'true');
  if (backend === undefined) throw new ApiError(500, 'InternalError', 'no kubelet serves this pod');

  const { response } = exchange;
  let hasStarted = false;
  const start = (): void => {
    if (!hasStarted) response.writeHead(200, { 'content-type': 'text/plain' });
    hasStarted = true;
  };
  try {
    const query = parseLogQuery(exchange.query, Date.now() * 1000);
    const stop = backend.openLog({ namespace, pod: name, container }, query, {
      write: (text) => {
        start();
        response.write(text);
        if (response.writableLength > UNSENT_LIMIT_BYTES) response.destroy();
      },
      end: () => {
        start();
        response.end();
      },
    });
    response.once('close', stop);
    // A follow of a silent container must still answer: the client waits for the headers.
    start();
    response.flushHeaders();
  } catch (error) {
    if (error instanceof LogError)
      throw new ApiError(error.code, error.code === 404 ? 'NotFound' : 'BadRequest', error.message);
    throw error;
  }
}

function chooseContainer(pod: KubeObject, asked: string | null): string {
  const names = arrayAt(pod['spec'], 'containers').map((item) => stringAt(item, 'name') ?? '');
  if (asked !== null && asked !== '') {
    if (!names.includes(asked))
      throw badRequest(`container ${asked} is not valid for pod ${pod.metadata.name}`);
    return asked;
  }
  const [only, ...others] = names;
  if (only === undefined || others.length > 0) {
    throw badRequest(
      `a container name must be specified for pod ${pod.metadata.name}, choose one of: [${names.join(' ')}]`,
    );
  }
  return only;
}

function rejectWaiting(pod: KubeObject, container: string, previous: boolean): void {
  const status = arrayAt(pod['status'], 'containerStatuses').find(
    (item) => stringAt(item, 'name') === container,
  );
  if (status === undefined) return;
  const waiting = objectAt(objectAt(status, 'state'), 'waiting');
  if (isObject(objectAt(status, 'state')['waiting']) && !previous) {
    const reason = stringAt(waiting, 'reason') ?? 'ContainerCreating';
    throw badRequest(`container "${container}" in pod "${pod.metadata.name}" is waiting to start: ${reason}`);
  }
  const restarts = isObject(status) ? Number(status['restartCount'] ?? 0) : 0;
  if (previous && restarts === 0) {
    throw badRequest(`previous terminated container "${container}" in pod "${pod.metadata.name}" not found`);
  }
}
