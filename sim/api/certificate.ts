/**
 * A self-signed server certificate. Node can sign bytes but cannot write an X.509
 * certificate, so the few DER structures of RFC 5280 it needs are built here.
 */
import { createPrivateKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { isIPv4 } from 'node:net';

export interface Certificate {
  /** PEM of the certificate; it is its own authority. */
  readonly certificate: string;
  /** PEM of the private key (PKCS #8). */
  readonly key: string;
}

const DAY_MILLIS = 86_400_000;
const TAG = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectId: 0x06,
  utf8: 0x0c,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
};
const OID = {
  commonName: [0x55, 0x04, 0x03],
  basicConstraints: [0x55, 0x1d, 0x13],
  subjectAltName: [0x55, 0x1d, 0x11],
  ecdsaWithSha256: [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02],
};

/** Makes a certificate for these names and IPv4 addresses, valid from yesterday for a year. */
export function createSelfSignedCertificate(names: readonly string[], now: Date = new Date()): Certificate {
  const pair = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const algorithm = sequence(objectId(OID.ecdsaWithSha256));
  const name = distinguishedName('simulated-cluster');
  const body = sequence(
    contextual(0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([0x01]), randomBytes(15)])),
    algorithm,
    name,
    sequence(time(new Date(now.getTime() - DAY_MILLIS)), time(new Date(now.getTime() + 365 * DAY_MILLIS))),
    name,
    pair.publicKey,
    contextual(3, sequence(basicConstraints(), subjectAltName(names))),
  );
  const signature = sign('sha256', body, createPrivateKey(pair.privateKey));
  const der = sequence(body, algorithm, bitString(signature));
  return { certificate: pem('CERTIFICATE', der), key: pair.privateKey };
}

function element(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag]), lengthOf(content.length), content]);
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest >>= 8) bytes.unshift(rest & 0xff);
  return Buffer.from([0x80 | bytes.length, ...bytes]);
}

const sequence = (...items: readonly Buffer[]) => element(TAG.sequence, ...items);
const objectId = (bytes: readonly number[]) => element(TAG.objectId, Buffer.from(bytes));
const integer = (bytes: Buffer) => element(TAG.integer, bytes);
const bitString = (bytes: Buffer) => element(TAG.bitString, Buffer.from([0]), bytes);
const contextual = (number: number, content: Buffer) => element(0xa0 | number, content);

function time(date: Date): Buffer {
  const digits = date.toISOString().replaceAll(/[-:T]/g, '').slice(0, 14);
  return element(TAG.generalizedTime, Buffer.from(`${digits}Z`));
}

function distinguishedName(commonName: string): Buffer {
  const attribute = sequence(objectId(OID.commonName), element(TAG.utf8, Buffer.from(commonName)));
  return sequence(element(TAG.set, attribute));
}

function extension(id: readonly number[], value: Buffer): Buffer {
  return sequence(objectId(id), element(TAG.octetString, value));
}

function basicConstraints(): Buffer {
  const isAuthority = Buffer.from([0x01, 0x01, 0xff]);
  return extension(OID.basicConstraints, sequence(isAuthority));
}

function subjectAltName(names: readonly string[]): Buffer {
  const entries = names.map((name) =>
    isIPv4(name) ? element(0x87, Buffer.from(name.split('.').map(Number))) : element(0x82, Buffer.from(name)),
  );
  return extension(OID.subjectAltName, sequence(...entries));
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
