/** What a page plays: the contract of every store, on IndexedDB. */
import { storeContract } from '../../pool/storeContract';
import { windowsAgree } from '../../pool/windowsAgree';
import { browserTroubles } from './troubles';
import { tabSecrets } from './secrets';
import { Tabs } from './tabs';

storeContract('IndexedDB', () => new Tabs());
windowsAgree('IndexedDB', () => new Tabs());
browserTroubles();
tabSecrets();
