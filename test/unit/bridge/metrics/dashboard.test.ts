import { readFileSync } from 'node:fs';
import { BridgeMetrics } from '@evenlight/bridge/src/metrics/bridge-metrics.ts';
import { describe, expect, it } from 'vitest';
import { parseMetrics } from '../../../fixtures/prometheus-text.ts';

const DEPLOY = new URL('../../../../bridge/deploy/', import.meta.url);
const textOf = (name: string): string => readFileSync(new URL(name, DEPLOY), 'utf8');

/** Names of metrics in a query: what Prometheus' own words are not. */
function namesIn(text: string): string[] {
  return text.match(/\b(evenlight|nodejs|process)_[a-z0-9_]+/g) ?? [];
}

const metrics = new BridgeMetrics('1.2.3', () => ({
  ...{ isReady: true, isDraining: false, connections: 0, pendingConnections: 0, users: 0, jobs: 0, queueLength: 0 },
  ...{ pixelBytes: 0, uploadBytes: 0, devices: [] },
}));

describe('what operators are shown', () => {
  it('asks only for metrics that the bridge has', async () => {
    const { types } = parseMetrics(await metrics.text());
    const base = (name: string): string => name.replace(/_(bucket|sum|count)$/, '');
    const dashboard = JSON.parse(textOf('grafana-dashboard.json')) as { panels: { targets: { expr: string }[] }[] };
    const queries = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
    expect(queries.length).toBeGreaterThan(12);
    const page = textOf('../OPERATING.md');
    const unknown = [...queries.flatMap(namesIn), ...namesIn(page)].filter((name) => !types.has(base(name)));
    expect(unknown).toEqual([]);
  });

  it('shows every metric of the bridge itself', async () => {
    const { types } = parseMetrics(await metrics.text());
    const own = [...types.keys()].filter((name) => name.startsWith('evenlight_'));
    const shown = namesIn(textOf('grafana-dashboard.json')).map((name) => name.replace(/_bucket$/, ''));
    expect(own.filter((name) => !shown.includes(name))).toEqual(['evenlight_draining', 'evenlight_jobs']);
  });
});
