import type { EffectiveConfig } from '../../ptp/config/effective.ts';
import type { Symptom } from '../../ptp/knowledge.ts';
import type { InstanceState } from '../../state/node-state.ts';
import { expectedInstance, type DetectionContext } from './detector.ts';

/**
 * Compares an instance that does not acquire with the time transmitters among the other nodes:
 * a difference of domain, transport or delay mechanism is silent in the log.
 */
export function comparePeers(
  context: DetectionContext,
  instance: InstanceState,
): { symptoms: Symptom[]; detail?: string } {
  const own = expectedInstance(context, instance);
  const { fleet } = context;
  if (own?.ptp4l === undefined) return { symptoms: [] };
  const unusual = unusualFor(own.ptp4l);
  if (fleet === undefined) return { symptoms: unusual };
  const differences: { symptoms: Symptom[]; detail: string }[] = [];
  for (const name of fleet.nodeNames) {
    if (name === context.state.node) continue;
    for (const peer of fleet.expectedOf(name)?.instances ?? []) {
      if (!peer.ports.some((port) => port.role === 'TimeTransmitter') || peer.ptp4l === undefined) continue;
      const symptoms: Symptom[] = [];
      const words: string[] = [];
      const compare = (option: string, symptom: Symptom): void => {
        const ours = own.ptp4l?.get(option)?.value;
        const theirs = peer.ptp4l?.get(option)?.value;
        if (ours === undefined || theirs === undefined || ours === theirs) return;
        symptoms.push(symptom);
        words.push(`${option} ${ours} here, ${theirs} on ${name}`);
      };
      compare('domainNumber', 'PeerDomainDiffers');
      compare('network_transport', 'PeerTransportDiffers');
      compare('delay_mechanism', 'PeerDelayMechanismDiffers');
      if (symptoms.length === 0) return { symptoms: ['PeerConfigurationMatches', ...unusual] };
      differences.push({ symptoms, detail: words.join('; ') });
    }
  }
  differences.sort((a, b) => a.symptoms.length - b.symptoms.length);
  return differences[0] ?? { symptoms: unusual };
}

/** What is odd about the own configuration when it means to be G.8275.1: the likelier side of a mismatch. */
function unusualFor(config: EffectiveConfig): Symptom[] {
  if (config.get('dataset_comparison')?.value !== 'G.8275.x') return [];
  const symptoms: Symptom[] = [];
  const domain = config.number('domainNumber');
  if (domain !== undefined && (domain < 24 || domain > 63)) symptoms.push('OwnDomainUnusual');
  const isL2 = config.get('network_transport')?.value === 'L2';
  if (!isL2 && domain !== undefined && domain < 44) symptoms.push('OwnTransportUnusual');
  const delay = config.get('delay_mechanism')?.value;
  if (delay !== undefined && delay !== 'E2E') symptoms.push('OwnDelayMechanismUnusual');
  return symptoms;
}
