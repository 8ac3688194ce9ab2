/**
 * Makes the log of a T-BC's daemon as `oc logs --timestamps` shows it: the mix and the rate of lines of a
 * real one (about 75 a second), one short link loss every hour. The same bytes each time.
 */
const START_MILLIS = Date.UTC(2026, 10, 22);
const START_UPTIME_SECONDS = 100_000;
const FAULT_EVERY_SECONDS = 3_600;

export function* daemonLog(bytes: number): Generator<Buffer> {
  const random = lcg(7);
  let made = 0;
  for (let second = 0; made < bytes; second += 60) {
    const minute = Buffer.from(minuteOf(second, random));
    made += minute.length;
    yield minute;
  }
}

function minuteOf(fromSecond: number, random: () => number): string {
  let text = '';
  for (let second = fromSecond; second < fromSecond + 60; second++) {
    const day = new Date(START_MILLIS + second * 1000).toISOString().slice(0, 19);
    const unix = START_MILLIS / 1000 + second;
    for (let part = 0; part < 16; part++) {
      const millis = part * 62;
      const stamp = `${day}.${String(millis).padStart(3, '0')}${String(100_000 + Math.floor(random() * 800_000))}Z`;
      const uptime = `${START_UPTIME_SECONDS + second}.${String(millis).padStart(3, '0')}`;
      const offset = (spread: number): string => String(Math.round((random() - 0.5) * spread)).padStart(10);
      text += `${stamp} ptp4l[${uptime}]: [ptp4l.1.config:6] master offset ${offset(12)} s2 freq ${offset(60)} path delay ${offset(4)}\n`;
      text += `${stamp} phc2sys[${uptime}]: [ptp4l.1.config:6] CLOCK_REALTIME phc offset ${offset(20)} s2 freq ${offset(90)} delay    ${500 + Math.floor(random() * 9)}\n`;
      text += `${stamp} I1122 10:12:${String(second % 60).padStart(2, '0')}.${String(100_000 + millis)}  624338 daemon.go:9${part}] pmc poll ${part}\n`;
      if (part % 8 === 0)
        text += `${stamp} ts2phc[${uptime}]: [ts2phc.1.config:6] /dev/ptp10 offset ${offset(3)} s2 freq ${offset(9)}\n`;
      if (part === 3)
        text += `${stamp} dpll[${unix}]:[ts2phc.1.config] ens4f0 frequency_status 3 offset ${offset(5).trim()} phase_status 3 pps_status 1 s2\n`;
      if (part === 5)
        text += `${stamp} T-BC[${unix}]:[ts2phc.1.config] ens4f0 offset ${offset(9).trim()} T-BC-STATUS s2\n`;
      if (part === 7 && second % FAULT_EVERY_SECONDS === 1_800) text += fault(stamp, uptime);
    }
  }
  return text;
}

function fault(stamp: string, uptime: string): string {
  const line = (message: string): string => `${stamp} ptp4l[${uptime}]: [ptp4l.1.config:5] ${message}\n`;
  return (
    line('port 1 (ens4f1): SLAVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)') +
    line('port 1 (ens4f1): link down') +
    line('port 1 (ens4f1): link up') +
    line('port 1 (ens4f1): FAULTY to LISTENING on INIT_COMPLETE') +
    line('port 1 (ens4f1): LISTENING to UNCALIBRATED on RS_SLAVE') +
    line('port 1 (ens4f1): UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED')
  );
}

/** A small generator of numbers from 0 to 1: the same on every machine. */
function lcg(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
