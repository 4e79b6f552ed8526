import { CodedError } from '@evenlight/models';

/** What can go wrong in the trainer; every code is explained in the package's README. */
export type TrainerErrorCode =
  | 'BAD_RUN_FILE'
  | 'BAD_OPTION'
  | 'BAD_DATASET'
  | 'BAD_IMAGE'
  | 'BAD_CHECKPOINT'
  | 'LEAK'
  | 'NOT_FINITE'
  | 'NO_SPACE'
  | 'UNSUPPORTED_LAYER'
  | 'PARITY'
  | 'BAD_EXPORT';

/** The one error class of the trainer: branch on `code`; `message` says what was got and what was expected. */
export class TrainerError extends CodedError<TrainerErrorCode> {
  override readonly name = 'TrainerError';
}
