import type { PortState } from '../../ptp/port-state.ts';
import { instanceFor, portOf } from '../instances.ts';
import type { Reducer } from './reducer.ts';

const FOLLOWING: readonly PortState[] = ['SLAVE'];
const SERVING: readonly PortState[] = ['MASTER', 'GRAND_MASTER'];

/** Port 0 is the management socket: not a network port. */
const SOCKET_PORT = 0;

export const portTransition: Reducer<'portTransition'> = (state, observation) => {
  if (observation.portNumber === SOCKET_PORT) return;
  const { atMicros, from, to, event } = observation;
  const instance = instanceFor(state, observation.configName);
  const port = portOf(instance, observation.portNumber, observation.interfaceName, atMicros);
  if (from === 'INITIALIZING' && event === 'INIT_COMPLETE') instance.startedMicros ??= atMicros;
  port.state = to;
  port.sinceMicros = atMicros;
  port.lastEvent = event;
  port.everFollowed ||= FOLLOWING.includes(to) || FOLLOWING.includes(from);
  port.everServed ||= SERVING.includes(to) || SERVING.includes(from);
  port.transitions.push(atMicros);
  state.portTransitionsTotal += 1;
};

export const linkChange: Reducer<'linkChange'> = (state, observation) => {
  if (observation.portNumber === SOCKET_PORT) return;
  const instance = instanceFor(state, observation.configName);
  const port = portOf(instance, observation.portNumber, observation.interfaceName, observation.atMicros);
  if (port.link === observation.link) return;
  port.link = observation.link;
  port.linkSinceMicros = observation.atMicros;
};

export const portTrouble: Reducer<'portTrouble'> = (state, observation) => {
  if (observation.portNumber === undefined || observation.portNumber === SOCKET_PORT) return;
  const instance = instanceFor(state, observation.configName);
  const port = portOf(instance, observation.portNumber, observation.interfaceName, observation.atMicros);
  const note: { trouble: typeof observation.trouble; atMicros: number; line?: string } = {
    trouble: observation.trouble,
    atMicros: observation.atMicros,
  };
  if (observation.line !== undefined) note.line = observation.line;
  port.troubles.push(note);
};
