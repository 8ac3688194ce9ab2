import { describe, expect, it } from '@jest/globals';
import {
  asKubeError,
  isAlreadyExists,
  isConflict,
  isNotFound,
  isResourceVersionUnusable,
  isRetriable,
  KUBE_ERROR_CODES,
  KubeError,
  type KubeErrorCode,
  statusError,
  statusObjectError,
} from './errors.ts';

describe('statusError', () => {
  it('reads a Kubernetes Status', () => {
    const body = JSON.stringify({
      kind: 'Status',
      code: 429,
      reason: 'TooManyRequests',
      message: 'slow down',
      details: { retryAfterSeconds: 3 },
    });
    expect(statusError(429, {}, body)).toMatchObject({
      code: 'Status',
      status: 429,
      reason: 'TooManyRequests',
      message: 'HTTP 429 TooManyRequests: slow down',
      retryAfterSeconds: 3,
    });
  });

  it.each([
    ['5', 5],
    ['0', 0],
    ['', undefined],
    ['soon', undefined],
    ['-1', undefined],
    ['Wed, 21 Oct 2026 07:28:00 GMT', undefined],
  ])('reads Retry-After %j as %j', (value, seconds) => {
    expect(statusError(503, { 'retry-after': value }, '').retryAfterSeconds).toBe(seconds);
  });

  it.each(['', '<html>bad gateway</html>', 'null', '[]', '"x"', '{"kind":"Pod"}'])('bears %j', (body) => {
    const error = statusError(502, {}, body);
    expect([error.status, error.reason, error.message]).toEqual([502, '', `HTTP 502: ${body}`]);
  });

  it('keeps only the start of a long page', () => {
    expect(statusError(502, {}, 'x'.repeat(100_000)).message.length).toBeLessThan(600);
  });

  it.each([[null], [undefined], ['text'], [{}], [{ code: 'x' }]])(
    'takes the odd ERROR object %j for 500',
    (object) => {
      expect(statusObjectError(object).status).toBe(500);
    },
  );
});

describe('questions about errors', () => {
  const status = (code: number, reason = '', message = '') =>
    new KubeError('Status', message, { status: code, reason });

  it('answers by status and reason', () => {
    expect([
      isNotFound(status(404)),
      isConflict(status(409)),
      isAlreadyExists(status(409, 'AlreadyExists')),
    ]).toEqual([true, true, true]);
    expect([isNotFound(new Error('x')), isAlreadyExists(status(409, 'Conflict'))]).toEqual([false, false]);
    expect(
      [status(410), status(500, 'Expired'), status(504, 'Timeout', 'Too large resource version: 5')].map(
        isResourceVersionUnusable,
      ),
    ).toEqual([true, true, true]);
    expect(isResourceVersionUnusable(status(504, 'Timeout', 'etcd'))).toBe(false);
  });

  it('knows for every code whether a repetition may help', () => {
    const retriable = (Object.keys(KUBE_ERROR_CODES) as KubeErrorCode[]).filter((code) =>
      isRetriable(new KubeError(code, '')),
    );
    expect(retriable).toEqual(['ConnectFailed', 'ConnectionLost', 'DeadlineExceeded', 'InactivityTimeout']);
    expect([429, 500, 503].every((code) => isRetriable(status(code)))).toBe(true);
    expect(isRetriable(new Error('x'))).toBe(false);
  });

  it('wraps what is no KubeError, and leaves one alone', () => {
    const error = status(404);
    expect(asKubeError(error)).toBe(error);
    expect(asKubeError(new Error('read ECONNRESET'))).toMatchObject({
      code: 'ConnectionLost',
      message: 'read ECONNRESET',
    });
    expect(asKubeError('odd')).toMatchObject({ message: 'odd' });
  });
});
