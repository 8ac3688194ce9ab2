import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { createSelfSignedCertificate } from './certificate.ts';

describe('createSelfSignedCertificate', () => {
  const { certificate } = createSelfSignedCertificate(
    ['localhost', '127.0.0.1', 'a.svc'],
    new Date('2026-11-22T10:00:00Z'),
  );
  const parsed = new X509Certificate(certificate);

  it('is signed by its own key', () => {
    expect(parsed.verify(parsed.publicKey)).toBe(true);
    expect(parsed.ca).toBe(true);
  });

  it('is valid for its names and addresses only', () => {
    expect(parsed.checkHost('localhost')).toBe('localhost');
    expect(parsed.checkHost('a.svc')).toBe('a.svc');
    expect(parsed.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(parsed.checkHost('other')).toBeUndefined();
  });

  it('is valid from the day before for a year', () => {
    expect(new Date(parsed.validFrom).toISOString()).toBe('2026-11-21T10:00:00.000Z');
    expect(new Date(parsed.validTo).toISOString()).toBe('2027-11-22T10:00:00.000Z');
  });
});
