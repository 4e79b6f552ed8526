import { errorFrom } from '@evenlight/models';
import { ProtocolError, StripAssembler, rowsPerStrip, wireRowBytes } from '@evenlight/protocol';
import type { ClientJob } from './client-job.ts';
import type { BridgePrediction, JobProgress, OpenFixRequest, PixelResult, RowPort } from './client-requests.ts';
import { timingsOf } from './client-requests.ts';
import { sendProxy } from './run-predict.ts';

/** Rows are read and written in strips of about this size. */
const STRIP_BYTES = 1024 * 1024;

interface Sums {
  readonly sentBytes: number;
  readonly sentSum: number;
}

/** What rows are sent: whose they are, how many, how long. */
interface RowsToSend {
  readonly rows: RowPort;
  readonly height: number;
  readonly rowBytes: number;
}

async function sendRows(job: ClientJob, { rows: port, height, rowBytes }: RowsToSend): Promise<Sums> {
  const sender = job.openSender('pixels', rowBytes * height);
  const stripRows = rowsPerStrip(rowBytes, STRIP_BYTES);
  for (let firstRow = 0; firstRow < height; firstRow += stripRows) {
    const rowCount = Math.min(stripRows, height - firstRow);
    const rows = await port.readRows(firstRow, rowCount);
    if (job.failure !== undefined) throw job.failure;
    if (rows.length !== rowCount * rowBytes) {
      const got = `readRows(${firstRow}, ${rowCount}) gave ${rows.length} bytes`;
      throw new ProtocolError('BAD_ARGUMENT', `${got}, needs ${rowCount * rowBytes}`, { jobId: job.id });
    }
    await sender.write(rows);
  }
  return { sentBytes: sender.sentBytes, sentSum: sender.sum };
}

async function receiveRows(
  job: ClientJob,
  { rows, height, rowBytes }: RowsToSend,
  onProgress: (progress: JobProgress) => void,
): Promise<number> {
  const receiver = job.expectCorrected(rowBytes * height);
  const assembler = new StripAssembler({ rowBytes, height }, rowsPerStrip(rowBytes, STRIP_BYTES));
  let writtenRows = 0;
  while (writtenRows < height) {
    const { payload } = await job.nextCorrected();
    const { length } = payload;
    for (const strip of assembler.push(payload)) {
      await rows.writeRows(strip.bytes, strip.firstRow, strip.rowCount);
      if (job.failure !== undefined) throw job.failure;
      assembler.reuse(strip.bytes);
      writtenRows += strip.rowCount;
      onProgress({ stage: 'applying', fraction: writtenRows / height });
    }
    job.acknowledgeCorrected(receiver, length);
  }
  return receiver.sum;
}

/** Rejects only when neither is running any more, so that no callback outlives the job. */
async function both<A, B>(job: ClientJob, first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  const failJob = (error: unknown): never => {
    const failure = errorFrom(error);
    job.fail(failure, { bridgeKnows: false });
    throw failure;
  };
  const [a, b] = await Promise.allSettled([first.catch(failJob), second.catch(failJob)]);
  if (a.status === 'rejected') throw job.failure ?? a.reason;
  if (b.status === 'rejected') throw job.failure ?? b.reason;
  return [a.value, b.value];
}

/** The first half of a `fix` job: from its first message to the correction. */
export async function beginFix(job: ClientJob, request: OpenFixRequest): Promise<BridgePrediction> {
  const { model, proxy, image, strength, evBias, orientation } = request;
  const { width, height, channels, format, colorSpace } = image;
  job.begin({
    type: 'fix',
    jobId: job.id,
    model,
    proxy: { width: proxy.width, height: proxy.height },
    image: { width, height, channels, format, colorSpace },
    strength,
    ...(orientation !== undefined && orientation !== 1 && { orientation }),
    evBias,
  });
  return sendProxy(job, proxy);
}

/** The second half of a job with pixels: its rows go, the corrected ones come back, and both sides compare what they saw. */
export async function exchangePixels(
  job: ClientJob,
  image: OpenFixRequest['image'],
  rows: RowPort,
  onProgress: (progress: JobProgress) => void,
): Promise<PixelResult> {
  if (job.failure !== undefined) throw job.failure;
  const toSend = { rows, height: image.height, rowBytes: wireRowBytes(image) };
  const receiving = receiveRows(job, toSend, onProgress);
  const [sent, receivedSum] = await both(job, sendRows(job, toSend), receiving);
  const done = await job.done;
  const { sentBytes, sentSum } = sent;
  if (done.inputCrc32 !== sentSum || done.outputCrc32 !== receivedSum || done.inputBytes !== sentBytes) {
    const bridge = `the bridge read ${done.inputBytes} bytes (sum ${done.inputCrc32}) and wrote sum ${done.outputCrc32}`;
    const here = `${sentBytes} bytes (sum ${sentSum}) were sent and sum ${receivedSum} received`;
    throw new ProtocolError('DIGEST_MISMATCH', `${bridge}; ${here}`, { jobId: job.id });
  }
  return { ...timingsOf(done), pixelBytes: sentBytes, inputCrc32: done.inputCrc32, outputCrc32: done.outputCrc32 };
}
