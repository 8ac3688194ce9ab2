import { describe, expect, it } from '@jest/globals';
import { FAULT_KINDS } from './fault-kind.ts';
import { KNOWLEDGE, SYMPTOMS, mostLikelyCause, type Symptom } from './knowledge.ts';

describe('knowledge table', () => {
  it('has causes and remedies, of bounded length, for every kind of fault', () => {
    for (const kind of FAULT_KINDS) {
      const { title, causes } = KNOWLEDGE[kind];
      expect(title.length).toBeGreaterThan(0);
      expect(causes.length).toBeGreaterThan(0);
      expect(new Set(causes.map((one) => one.id)).size).toBe(causes.length);
      for (const one of causes) {
        expect(one.text.length).toBeLessThanOrEqual(200);
        expect(one.remedy.length).toBeLessThanOrEqual(512);
        for (const symptom of [...one.speaksFor, ...(one.speaksAgainst ?? [])])
          expect(SYMPTOMS).toHaveProperty(symptom);
      }
    }
  });

  it('names a cause for every kind, also before anything speaks', () => {
    for (const kind of FAULT_KINDS) expect(mostLikelyCause(kind, new Set())?.confidence).toBe('Low');
  });

  it.each<[Symptom[], string]>([
    [['StuckListening', 'NoForeignMaster', 'PeerDomainDiffers'], 'DomainMismatch'],
    [['StuckListening', 'NoForeignMaster', 'PeerTransportDiffers'], 'TransportMismatch'],
    [
      ['StuckUncalibrated', 'BestMasterSelected', 'ForeignMasterHeard', 'PeerDelayMechanismDiffers'],
      'DelayMechanismMismatch',
    ],
    [['StuckListening', 'NoForeignMaster', 'PeerConfigurationMatches'], 'NoAnnounce'],
  ])('tells from %p why a port never acquired', (symptoms, expected) => {
    expect(mostLikelyCause('NotAcquired', new Set(symptoms))?.cause.id).toBe(expected);
  });

  it('says what speaks against a cause', () => {
    const verdict = mostLikelyCause('PortFlapping', new Set<Symptom>(['LinkDownSeen', 'Repeated']));
    expect(verdict?.cause.id).toBe('LinkFlaps');
    expect(verdict?.speaksFor).toContain(SYMPTOMS.LinkDownSeen);
  });
});
