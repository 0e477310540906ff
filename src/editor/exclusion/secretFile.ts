import type { Place } from '../../workspaceFiles/workspaceFiles';
import { looksSecret } from './secretText';

/**
 * Why a text may hold secrets: a link leads to it from the workspace to somewhere else, its file is one that programs keep
 * them in, or it looks like one itself.
 */
export type SecretSign = 'link' | 'file' | 'text';

/** Names of files that programs keep secrets in. Templates of them (`.env.example`) hold none. */
const names = [
	/^\.env(rc)?(?!\.(example|sample|template|dist|defaults?|md)$)([-._~].*)?$/,
	/^\.flaskenv$/,
	/\.env(\.(local|dev(elopment)?|prod(uction)?|staging|test))?$/,
	/^\.?(netrc|pgpass|my\.cnf|htpasswd|terraformrc|databrickscfg|npmrc|yarnrc(\.yml)?|pypirc|git-credentials|dockercfg|boto|s3cfg)$/,
	/^(_netrc|\.?pgpass\.conf|terraform\.rc)$/,
	/^id_(rsa|dsa|ecdsa|ed25519)(?!.*\.pub$)/,
	/\.(pem|key|p8|p12|pfx|pkcs12|jks|keystore|kdbx|ppk|asc|gpg|ovpn|tfvars|tfstate)$/,
	/\.tfvars\.json$/,
	/^(\.dev\.vars|oauth_creds\.json)$/,
	/^(client|app)?[-_.]?(secrets?|credentials?)([-_.].*)?\.(json|ya?ml|toml|ini|cfg|conf|properties|txt|env|xml|csv)$/,
	/^\.?vault[-_]?(token|pass(word)?)(\..*)?$/,
	/^(credentials|secrets?|passwords?|kubeconfig|shadow)$/,
	/^(.*[-_.])?kubeconfig(\.ya?ml)?$/,
	/(service[-_]?account|gcp[-_]?key|firebase[-_]?adminsdk|application_default_credentials).*\.json$/,
	/^passwords?\.(txt|csv|json|ya?ml)$/,
];

/**
 * What VS Code, Windows, a browser and a file manager add to the name of a copy, in English and in Vietnamese: before it, at its
 * end or before what follows a dot. Firefox leaves out the space, macOS the word (`credentials 2.json`).
 */
const copied =
	/^(?:copy (?:\(\d{1,4}\) )?of|bản sao của) |(?:(?: -)? (?:copy|sao chép|bản sao)(?: \d{1,4})?(?: \(\d{1,4}\))?| ?\((?:\d{1,4}|(?:[a-z0-9]{1,8} )?copy(?: \d{1,4})?)\)| \d{1,4})(?=\.|$)/g;

/** What a person adds to it, and what Windows drops from its end. */
const added = /(?:\.(?:bak|backup|old|orig|save)|~|::\$data|[. ]){1,8}$/;

/** Folders whose files without a telling name hold them too: `.aws/config`, `.kube/config`, `.ssh/…`, `.config/gh/hosts.yml`. */
const folders = /(^|\/)\.((aws|ssh|gnupg|kube|azure|docker)|config\/(gh|gcloud))\//;

/**
 * The sign that `text` may hold secrets, if there is one. A link that leads out of the workspace is one, whatever it leads to.
 * @param path of the file as the person knows it, with slashes, any depth
 * @param place where it really is; absent where it is in no file system
 */
export function secretSign(path: string, text: string, place?: Place): SecretSign | undefined {
	if (place?.state === 'outside') return 'link';
	if (isSecretFile(path) || (place && isSecretFile(place.path))) return 'file';
	return looksSecret(text) ? 'text' : undefined;
}

/** Whether programs keep secrets in files of this name. */
export function isSecretFile(path: string): boolean {
	const slashed = path.normalize('NFC').replaceAll('\\', '/').toLowerCase();
	const name = (slashed.split('/').at(-1) ?? '').replace(added, '').replace(copied, '').replace(added, '');
	return folders.test(slashed) || names.some((pattern) => pattern.test(name));
}
