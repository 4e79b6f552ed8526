import type { ClientJob } from './client-job.ts';
import type { BridgePrediction, WirePredictRequest, PredictResult, WireProxy } from './client-requests.ts';
import { timingsOf } from './client-requests.ts';

/** The samples' own bytes: every host of this protocol is little endian, as the wire is. */
function proxyBytes(proxy: WireProxy): Uint8Array {
  return new Uint8Array(proxy.pixels.buffer, proxy.pixels.byteOffset, proxy.pixels.byteLength);
}

/** Sends the proxy and waits for the correction. */
export async function sendProxy(job: ClientJob, proxy: WireProxy): Promise<BridgePrediction> {
  const bytes = proxyBytes(proxy);
  await job.openSender('proxy', bytes.length).write(bytes);
  const { message, bytes: correction } = await job.correction;
  return { correction, model: message.model, runtime: message.runtime };
}

/** A `predict` job from its first message to its last. */
export async function runPredict(job: ClientJob, request: WirePredictRequest): Promise<PredictResult> {
  const { model, proxy } = request;
  const size = { width: proxy.width, height: proxy.height };
  job.begin({ type: 'predict', jobId: job.id, model, proxy: size });
  const predicted = await sendProxy(job, proxy);
  return { ...predicted, ...timingsOf(await job.done) };
}
