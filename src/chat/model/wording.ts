import type { Words } from '../../localization/words';

export type { Translate, UserMessage } from '../../localization/words';

/** What the chat needs of the words. */
export type Wording = Pick<Words, 't' | 'describeReason' | 'describeCount' | 'describeMoney' | 'describeError'>;
