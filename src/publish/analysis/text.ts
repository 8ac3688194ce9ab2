import type {
  AnalysisEpisode,
  AnalysisFinding,
  AnalysisNode,
  AnalysisSource,
  PtpAnalysis,
} from '../../api/analysis.ts';
import type { HealthVerdict } from '../../ptp/health.ts';
import { duration, offset, printable, spanOf } from './words.ts';

export interface TextOptions {
  /** Columns of the terminal. */
  width: number;
  color: boolean;
}

/** Faults and checks shown per node; the rest is counted. `--output json` has all. */
const MAX_SHOWN = 40;
const MAX_EVIDENCE = 3;

const COLORS: Readonly<Record<HealthVerdict | 'Dim' | 'Bold', number>> = {
  Healthy: 32,
  Minor: 33,
  Moderate: 33,
  Critical: 31,
  Unknown: 35,
  Dim: 2,
  Bold: 1,
};

/** The analysis for people: verdict first, then faults with time, cause, evidence and next step. */
export function renderText(analysis: PtpAnalysis, options: TextOptions): string {
  return new TextRenderer(options).render(analysis);
}

class TextRenderer {
  readonly #lines: string[] = [];
  readonly #width: number;
  readonly #color: boolean;

  constructor({ width, color }: TextOptions) {
    this.#width = Math.max(40, Math.min(width, 160));
    this.#color = color;
  }

  render(analysis: PtpAnalysis): string {
    this.#line(`${this.#verdict(analysis.health)}  ${analysis.message}`);
    for (const { name, problems } of analysis.inputs) {
      for (const problem of problems)
        this.#wrapped(problem.startsWith(name) ? problem : `${name}: ${problem}`, '  ! ');
    }
    for (const incident of analysis.incidents) {
      this.#line('');
      this.#line(`${this.#verdict(incident.severity)}  Incident: ${incident.kind}`);
      this.#wrapped(incident.message, '  ');
      const more = incident.totalAffected - incident.affectedNodes.length;
      this.#wrapped(
        `affected: ${incident.affectedNodes.join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
        '  ',
      );
    }
    for (const node of analysis.nodes) this.#node(node);
    return `${this.#lines.join('\n')}\n`;
  }

  #node(node: AnalysisNode): void {
    const { report } = node;
    this.#line('');
    this.#line(`${this.#paint('Bold', `NODE ${printable(node.name)}`)}  ${this.#verdict(report.health)}`);
    this.#wrapped(report.message, '  ');
    this.#wrapped(summaryOf(node), '  ', 0, 'Dim');
    if (node.episodes.length > 0) {
      this.#line('');
      this.#line(`  Faults (${node.episodes.length})`);
    }
    for (const episode of node.episodes.slice(0, MAX_SHOWN)) this.#episode(episode);
    this.#more(node.episodes.length + node.truncatedEpisodes, 'faults');
    this.#findings(node);
    this.#clocks(node);
    this.#sources(node);
  }

  #episode(episode: AnalysisEpisode): void {
    this.#line('');
    const name = `${episode.kind} ${printable(episode.subject)}`;
    this.#line(`  ${this.#paint(episode.severity, '●')} ${this.#paint('Bold', name)}  ${spanOf(episode)}`);
    if (episode.outageSeconds > 0) this.#line(`      out of service ${duration(episode.outageSeconds)}`);
    if (episode.cause !== null) {
      const confidence =
        episode.causeConfidence === undefined ? '' : ` (${episode.causeConfidence.toLowerCase()} confidence)`;
      this.#wrapped(`cause: ${episode.cause}${confidence}`, '      ', 2);
    }
    for (const line of episode.evidence.slice(0, MAX_EVIDENCE)) this.#cut(line, '      | ');
    if (episode.remedy !== undefined) this.#wrapped(`next: ${episode.remedy}`, '      ', 2);
  }

  #findings(node: AnalysisNode): void {
    const shown = node.findings.filter(({ severity }) => severity !== 'Healthy');
    if (shown.length === 0) return;
    this.#line('');
    this.#line(`  Checks that did not pass (${shown.length})`);
    for (const finding of shown.slice(0, MAX_SHOWN)) this.#finding(finding);
    this.#more(shown.length, 'checks');
  }

  #finding(finding: AnalysisFinding): void {
    const subject =
      finding.instance === undefined || finding.instance === finding.subject ? '' : ` [${finding.instance}]`;
    this.#wrapped(
      `${finding.severity.padEnd(8)} ${finding.subject}${subject}: ${finding.message}`,
      '  - ',
      9,
    );
    if (finding.remedy !== undefined) this.#wrapped(`next: ${finding.remedy}`, '             ', 2);
    if (finding.reference !== undefined)
      this.#wrapped(`${finding.rule}, ${finding.reference}`, '             ', 2, 'Dim');
  }

  #clocks({ report }: AnalysisNode): void {
    if (report.clocks.length === 0) return;
    this.#line('');
    this.#line('  Clocks');
    for (const clock of report.clocks) {
      const { offset: statistics } = clock;
      const numbers =
        statistics === undefined
          ? ''
          : [
              statistics.lastNanoseconds === undefined ? '' : `last ${offset(statistics.lastNanoseconds)}`,
              statistics.rmsNanoseconds === undefined ? '' : `rms ${offset(statistics.rmsNanoseconds)}`,
              statistics.maxAbsNanoseconds === undefined ? '' : `max ${offset(statistics.maxAbsNanoseconds)}`,
              `over ${duration(statistics.windowSeconds)}`,
            ]
              .filter((part) => part !== '')
              .join(', ');
      this.#wrapped(
        `${clock.name} (${clock.type}): ${clock.state}${numbers === '' ? '' : `, ${numbers}`}`,
        '  - ',
        2,
      );
    }
  }

  #sources({ sources, lines, notes }: AnalysisNode): void {
    this.#line('');
    const unknown = lines.unrecognised === 0 ? '' : `, ${lines.unrecognised} not recognised`;
    this.#line(this.#paint('Dim', `  Read ${lines.total} lines${unknown} from:`));
    for (const source of sources.filter(({ kind, state }) => kind !== 'Resource' || state !== 'Read'))
      this.#source(source);
    for (const note of notes) this.#wrapped(note, '  * ');
  }

  #source(source: AnalysisSource): void {
    const state = source.state === 'Read' ? '' : ` ${source.state.toLowerCase()}`;
    const messages = source.messages.length === 0 ? '' : `: ${source.messages.join('; ')}`;
    this.#wrapped(`${source.path}${state}${messages}`, source.state === 'Read' ? '    ' : '  ! ', 2);
  }

  #more(total: number, what: string): void {
    if (total > MAX_SHOWN) this.#line(`    … and ${total - MAX_SHOWN} more ${what}; --output json has all`);
  }

  #verdict(verdict: HealthVerdict): string {
    return this.#paint(verdict, verdict.toUpperCase());
  }

  #paint(color: keyof typeof COLORS, text: string): string {
    return this.#color ? `\u001b[${COLORS[color]}m${text}\u001b[0m` : text;
  }

  #line(text: string): void {
    this.#lines.push(text.trimEnd());
  }

  /** One line of a log: cut, not wrapped, so that columns stay columns. */
  #cut(text: string, indent: string): void {
    const room = this.#width - indent.length;
    const shown = printable(text);
    this.#line(indent + (shown.length > room ? `${shown.slice(0, room - 1)}…` : shown));
  }

  /** Words of a sentence over as many lines as they need; further lines are indented by `hanging` more. */
  #wrapped(text: string, indent: string, hanging = 0, color?: 'Dim'): void {
    const blank = ' '.repeat(indent.length + hanging);
    let start = indent;
    let words = '';
    const flush = (): void => this.#line(start + (color === undefined ? words : this.#paint(color, words)));
    for (const word of printable(text).split(' ')) {
      if (words !== '' && start.length + words.length + 1 + word.length > this.#width) {
        flush();
        start = blank;
        words = '';
      }
      words += words === '' ? word : ` ${word}`;
    }
    flush();
  }
}

function summaryOf({ report }: AnalysisNode): string {
  const { summary } = report;
  const parts = [
    `role ${summary.role}`,
    `sync ${summary.syncState}`,
    summary.worstOffsetNanoseconds === undefined
      ? ''
      : `worst offset ${offset(summary.worstOffsetNanoseconds)}`,
    summary.grandmasterIdentity === undefined ? '' : `grandmaster ${summary.grandmasterIdentity}`,
    summary.clockClass === undefined ? '' : `class ${summary.clockClass}`,
    `configuration ${summary.compliance}`,
  ];
  return parts.filter((part) => part !== '').join(' · ');
}
