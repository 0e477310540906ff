/** Why a text may hold secrets: its file is one that programs keep them in, or it looks like one itself. */
export type SecretSign = 'file' | 'text';

/** Names of files that programs keep secrets in. Templates of them (`.env.example`) hold none. */
const names = [
	/^\.env(rc)?(?!\.(example|sample|template|dist|defaults?|md)$)([-._~].*)?$/,
	/\.env(\.(bak|backup|old|orig|save|local))?$/,
	/^\.?(netrc|pgpass|my\.cnf|htpasswd|npmrc|yarnrc|pypirc|git-credentials|dockercfg|boto|s3cfg)$/,
	/^_netrc$/,
	/^id_(rsa|dsa|ecdsa|ed25519)(_sk)?$/,
	/\.(pem|key|p8|p12|pfx|pkcs12|jks|keystore|kdbx|ppk|asc|gpg|ovpn|tfvars|tfstate)$/,
	/\.tfvars\.json$/,
	/^(client|app)?[-_.]?(secrets?|credentials?)([-_.].*)?\.(json|ya?ml|toml|ini|cfg|conf|properties|txt|env|xml|csv)$/,
	/^\.?vault[-_]?(token|pass(word)?)(\..*)?$/,
	/^(credentials|secrets?|passwords?|kubeconfig|shadow)$/,
	/(service[-_]?account|gcp[-_]?key|firebase[-_]?adminsdk|application_default_credentials).*\.json$/,
	/^passwords?\.(txt|csv|json|ya?ml)$/,
];

/** Folders whose files without a telling name hold them too: `.aws/config`, `.kube/config`, `.ssh/…`. */
const folders = /(^|\/)\.(aws|ssh|gnupg|kube|azure|docker)\//;

/** Shapes that are secrets wherever they stand. Every repetition is bounded, so that a long line costs no more than its length. */
const shapes = [
	/-----BEGIN [A-Z ]{0,30}PRIVATE KEY( BLOCK)?-----/,
	/\bAIza[\w-]{30}/,
	/\bAQ\.[\w.-]{40}/,
	/\bya29\.[\w.-]{20}/,
	/\b(AKIA|ASIA)[A-Z0-9]{16}\b/,
	/\bgh[pousr]_[A-Za-z0-9]{36}/,
	/\bgithub_pat_\w{40}/,
	/\bglpat-[\w-]{20}/,
	/\bxox[abeoprs]-[\w-]{10}/,
	/\bsk-(ant-|proj-)?[\w-]{32}/,
	/\b[rs]k_live_[A-Za-z0-9]{16}/,
	/\bSG\.[\w-]{16,32}\.[\w-]{16}/,
	/\bnpm_[A-Za-z0-9]{36}/,
	/\beyJ[\w-]{10,2000}\.eyJ[\w-]{10,4000}\.[\w-]{10}/,
	/\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@'"`]{1,100}:[^\s:/@'"`${}<>*]{3,100}@/i,
];

/** A name that speaks of a secret beside a written-out value of some length. */
const assigned =
	/(?:password|passwd|secret|token|api_?key|private_?key|access_?key)["'`]?\s{0,4}(?::|=|=>|:=)\s{0,4}["'`](?=[^"'`\s]*\d)[^"'`\s${}<>*]{12,200}["'`]/i;

/** A line of a shell or of a `.env` that gives such a name a value, without quotes. */
const exported =
	/^[ \t]{0,8}(?:export[ \t]{1,4}|set[ \t]{1,4})?[A-Z0-9_]{0,40}(?:PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY)[A-Z0-9_]{0,20}=(?=[^"'`\s]*\d)(?=[^"'`\s]*[a-z])[^"'`\s${}<>*()]{8,200}[ \t]*$/m;

/** The sign that `text` of the file at `path` (with slashes, any depth) may hold secrets, if there is one. */
export function secretSign(path: string, text: string): SecretSign | undefined {
	if (isSecretFile(path)) return 'file';
	return assigned.test(text) || exported.test(text) || shapes.some((shape) => shape.test(text)) ? 'text' : undefined;
}

/** Whether programs keep secrets in files of this name. */
export function isSecretFile(path: string): boolean {
	const slashed = path.replaceAll('\\', '/').toLowerCase();
	const name = slashed.split('/').at(-1) ?? '';
	return folders.test(slashed) || names.some((pattern) => pattern.test(name));
}
