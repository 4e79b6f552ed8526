import type { BridgeLoadReport } from './bridge-load.ts';
import type { JobRecord } from './load-client.ts';
import { type Latency, latencyOf, latencyText, slopeOf } from './measurements.ts';

export interface LoadSummary {
  readonly seconds: number;
  readonly jobs: number;
  readonly results: number;
  readonly lost: number;
  readonly crossed: number;
  /** Ended by what their client did. */
  readonly own: number;
  readonly errors: Readonly<Record<string, number>>;
  readonly latency: Readonly<Record<JobRecord['kind'] | 'ping', Latency>>;
  readonly resultsPerSecond: number;
  readonly megabytesPerSecond: number;
  readonly rowsChecked: number;
  readonly faults: BridgeLoadReport['faults'];
  readonly delayP99Ms: number;
  readonly delayMaxMs: number;
  /** Of the bridge's main process. */
  readonly memory: {
    readonly firstMb: number;
    readonly lastMb: number;
    readonly mostMb: number;
    /** Over the second half of the run. */
    readonly slopeMbPerMinute: number;
  };
  /** What was lost or crossed, in words. */
  readonly failures: readonly string[];
}

/** Of a report, the figures. */
export function summarizeLoad(report: BridgeLoadReport): LoadSummary {
  const { records, seconds, memory, faults, delayP99Ms, delayMaxMs } = report;
  const ended = (end: JobRecord['end']): readonly JobRecord[] => records.filter((record) => record.end === end);
  const results = ended('result');
  const times = (kind: JobRecord['kind']): Latency =>
    latencyOf(results.filter((record) => record.kind === kind && !record.isSlow).map(({ ms }) => ms));
  const bad = [...ended('lost'), ...ended('crossed')];
  return {
    seconds,
    jobs: records.length,
    results: results.length,
    lost: ended('lost').length + report.unsettled,
    crossed: ended('crossed').length,
    own: ended('own').length,
    errors: countCodes(ended('error')),
    latency: {
      predict: times('predict'),
      small: times('small'),
      large: times('large'),
      ping: latencyOf(report.pings),
    },
    resultsPerSecond: results.length / seconds,
    megabytesPerSecond: results.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6 / seconds,
    rowsChecked: records.reduce((sum, { rowsChecked }) => sum + rowsChecked, 0),
    faults,
    delayP99Ms,
    delayMaxMs,
    memory: memoryFigures(memory),
    failures: bad.map(({ kind, end, code, text }) => `${kind} ${end}: ${code ?? ''} ${text ?? ''}`),
  };
}

function countCodes(records: readonly JobRecord[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { code = 'none' } of records) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}

function memoryFigures(samples: BridgeLoadReport['memory']): LoadSummary['memory'] {
  const points = samples.map(({ second, rssBytes }) => [second / 60, rssBytes / 1e6] as const);
  const megabytes = points.map(([, value]) => Math.round(value));
  return {
    firstMb: megabytes[0] ?? 0,
    lastMb: megabytes.at(-1) ?? 0,
    mostMb: Math.max(0, ...megabytes),
    slopeMbPerMinute: Math.round(slopeOf(points.slice(Math.floor(points.length / 2))) * 10) / 10,
  };
}

/** For people. */
export function summaryText(summary: LoadSummary): string {
  const { latency, memory, faults, errors } = summary;
  const codes = Object.entries(errors).map(([code, count]) => `${code} ${count}`);
  return [
    `${summary.jobs} jobs in ${summary.seconds.toFixed(0)} s: ${summary.results} results, ${summary.own} ended by their clients, errors: ${codes.join(', ') || 'none'}`,
    `lost ${summary.lost}, crossed ${summary.crossed} (${summary.rowsChecked} marked rows compared)`,
    ...Object.entries(latency).map(([kind, times]) => `${kind.padEnd(8)}${latencyText(times)}`),
    `${summary.resultsPerSecond.toFixed(1)} results/s, ${summary.megabytesPerSecond.toFixed(1)} MB/s of proxies and pixels`,
    `event-loop delay p99 ${summary.delayP99Ms.toFixed(1)} ms, most ${summary.delayMaxMs.toFixed(0)} ms`,
    `memory of the bridge ${memory.firstMb} MB at first, ${memory.lastMb} at last, ${memory.mostMb} at most; slope of the second half ${memory.slopeMbPerMinute} MB a minute`,
    `inference process: ${faults.SIGKILL} times SIGKILL, ${faults.SIGSTOP} times SIGSTOP`,
    ...summary.failures,
  ].join('\n');
}
