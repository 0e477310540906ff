/**
 * Whether a text looks as if it held a secret. The cost grows with the length of the text alone, whatever is in it: a
 * pattern begins with something that is rare, and what it reads from there ends where the next one could begin, or after a
 * bounded number of characters. Never begin one with a repetition: it would be read again from each of its characters.
 */
export function looksSecret(text: string): boolean {
	return patterns.some((pattern) => pattern.test(text));
}

/** Shapes that are secrets wherever they stand. */
const shapes = [
	// Private keys: PEM and OpenSSH, ssh.com, PuTTY; and the same in base64, as Kubernetes keeps them.
	/-----BEGIN [A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----/,
	/---- BEGIN SSH2 (?:ENCRYPTED )?PRIVATE KEY ----/,
	/PuTTY-User-Key-File-\d/,
	/b3BlbnNzaC1rZXktdjE/,
	/LS0tLS1CRUdJTi(?:BQUklWQVRFI|BSU0EgUFJJVkFURSBL|BFQyBQUklWQVRFI|BPUEVOU1NIIFBSSVZB|BFTkNSWVBURUQg)/,
	// Keys of services.
	/\b(?:AIza[\w-]{30}|AQ\.[\w.-]{40}|ya29\.[\w.-]{20}|A[KS]IA[A-Z0-9]{16}\b|gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{40}|glpat-[\w-]{20}|xox[abeoprs]-[\w-]{10}|sk-(?:ant-|proj-)?[\w-]{32}|[rs]k_live_[A-Za-z0-9]{16}|SG\.[\w-]{16,32}\.[\w-]{16}|npm_[A-Za-z0-9]{36}|kp_[\w-]{30}|hf_[A-Za-z0-9]{30}|gsk_[A-Za-z0-9]{40}|xai-[A-Za-z0-9]{60}|hvs\.[\w-]{24}|pypi-AgEIcHlwaS5vcmc[\w-]{16}|AGE-SECRET-KEY-1[A-Z0-9]{50})/,
	/hooks\.slack\.com\/services\/\w{1,20}\/\w{1,20}\/\w{16}/,
	// A token of three parts (JWT). It is looked for from its first dot: the parts hold none, so that none is read twice.
	/\.eyJ(?<=\beyJ[\w-]{10,2000}\.eyJ)[\w-]{10,4000}\.[\w-]{10}/,
	// An address with a password, from the colon that every address has.
	/:\/\/(?<=\b[a-z][a-z0-9+.-]{1,20}:\/\/)[^\s:/@'"`]{0,100}:[^\s:/@'"`${}<>*]{3,100}@/i,
];

/** Lines of files that programs keep secrets in, under whatever name they lie. */
const lines = [
	// .netrc, on one line or on several.
	/\bmachine\s{1,20}[^\s]{1,255}\s{1,20}(?:login\s{1,20}[^\s]{1,255}\s{1,20})?(?:account\s{1,20}[^\s]{1,255}\s{1,20})?password\s{1,20}[^\s]/,
	/\bdefault\s{1,20}login\s{1,20}[^\s]{1,255}\s{1,20}password\s{1,20}[^\s]/,
	// .npmrc and .yarnrc.
	/\b_(?:authToken|auth|password)[ \t]{0,4}=[ \t]{0,4}["']?[\w+/=.-]{8}/,
	/\bnpmAuthToken:[ \t]{0,4}["']?[\w+/=.-]{8}/,
	// .pgpass: host:port:database:user:password.
	/:(?:\d{4,5}|\*):(?<=^[\w.*-]{1,255}:(?:\d{4,5}|\*):)[^\s:]{1,100}:[^\s:]{1,100}:[^\s:]{4,200}$/m,
	// A kubeconfig.
	/\bclient-key-data:[ \t]{0,4}["']?[\w+/=]{20}/,
	/token:(?<=^[ \t-]{0,40}(?:id-|access-|refresh-)?token:)[ \t]{1,4}["']?(?=[\w+/=.~-]{0,40}\d)[\w+/=.~-]{16}/m,
	// Headers of a request.
	/(?:(?:api|subscription)-key|(?:private|auth|access)-token)(?:\\{0,3}["'`]\s{0,4}[:=,]\s{0,4}\\{0,3}["'`]|:[ \t]{0,4})(?=[\w~-]{0,200}\d)[\w~-]{16,200}/i,
	/\bauthorization\\{0,3}["'`]?\s{0,4}[:=,]\s{0,4}\\{0,3}["'`]?(?:bearer|basic|token)[ \t]{1,4}(?=[\w+/=.~-]{0,200}\d)[\w+/=.~-]{16,200}/i,
	// A connection string, of a database and of Azure.
	/\b(?:password|pwd)=(?<=\b(?:server|data source|host|user id|uid)=[^;"'\n][^"'\n]{0,300}; ?(?:password|pwd)=)(?=[^;"'\s]{0,100}\d)[^;"'\s${}<>*()]{6,100}[;"']/i,
	/\bAccountKey=[\w+/]{60}/,
	// The settings of Maven and NuGet.
	/<(?:password|passphrase)>(?=[^<\s]{0,100}\d)[^<>\s${}]{6,100}<\//,
];

/** A name that speaks of a secret beside a written-out value of some length. */
const assigned = [
	// In quotes, as code writes it, or JSON that holds code.
	/(?:password|passwd|secret|token|api_?key|private_?key|access_?key)\\{0,3}["'`]?\s{0,4}(?::|=|=>|:=)\s{0,4}\\{0,3}["'`](?=[^"'`\s]{0,200}\d)[^"'`\s${}<>*]{12,200}["'`]/i,
	// What is called a password may be shorter.
	/(?:password|passwd|passphrase)\\{0,3}["'`]?\s{0,4}(?::|=|=>|:=)\s{0,4}\\{0,3}["'`](?=[^"'`\s]{0,64}\d)[^"'`\s${}<>*]{8,64}["'`]/i,
	// Without, as YAML, INI and properties do.
	/(?:password|passwd|passphrase)[ \t]{0,4}[=:][ \t]{0,4}(?=[^\s=:]{0,64}\d)[^\s=:"'`${}<>*(),;]{8,64}[ \t\r]{0,40}$/im,
	/(?:secret|token|api_?key|private_?key|access_?key)[ \t]{0,4}[=:][ \t]{0,4}(?=[\w+/~-]{0,200}\d)(?=[\w+/~-]{0,200}[a-z])[\w+/~-]{16,200}={0,2}[ \t\r]{0,40}$/im,
];

/**
 * A line of a shell or of a `.env`, to its end or to a remark. It is looked for from its `=`: a name holds none. Where its
 * beginning is no line's, which costs little to see, nothing more of it is read.
 */
function exported(names: string, value: string): RegExp {
	const line = String.raw`(?<=^[ \t]{0,8}(?:(?:export|set)[ \t]{1,4})?[A-Z0-9_]{1,80}=)`;
	return new RegExp(String.raw`=${line}(?<=(?:${names})=)${value}(?:[ \t\r]{0,40}$|[ \t]{1,40}#)`, 'm');
}

const secretNames = '(?:PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY)';
const exportedLines = [
	exported(
		`${secretNames}[A-Z0-9_]{0,20}`,
		'(?=[^"\'`\\s]{0,200}\\d)(?=[^"\'`\\s]{0,200}[a-z])[^"\'`\\s${}<>*()]{8,200}',
	),
	// Digits alone tell less: so many are no count.
	exported(secretNames, '["\']?\\d{16,200}["\']?'),
	// What is called a password need not look random.
	exported(
		'PASSWORD|PASSWD|PASSPHRASE|_PASS|_PWD|SECRET',
		'["\']?(?!true|false|none|null|undefined|\\d{1,200}\\b)[^"\'`\\s${}<>*()]{6,200}["\']?',
	),
];

const patterns = [...shapes, ...lines, ...assigned, ...exportedLines];
