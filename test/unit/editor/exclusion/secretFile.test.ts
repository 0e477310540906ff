import assert from 'node:assert/strict';
import { contentExclusion } from '../../../../src/editor/exclusion/contentExclusion';
import { isSecretFile, secretSign } from '../../../../src/editor/exclusion/secretFile';

describe('what may hold secrets', () => {
	const secretFiles = [
		'.env',
		'app/.env.production',
		'C:\\project\\.ENV.local',
		'prod.env',
		'.envrc',
		'.env-production',
		'.env_local',
		'.env~',
		'prod.env.bak',
		'credentials.csv',
		'.vault-token',
		'keys/server.pem',
		'home/me/.ssh/config',
		'home/me/.aws/credentials',
		'id_ed25519',
		'.npmrc',
		'.netrc',
		'C:\\Users\\me\\_netrc',
		'.pgpass',
		'pgpass.conf',
		'.yarnrc.yml',
		'prod.kubeconfig',
		'kubeconfig.yaml',
		'putty/me.ppk',
		'config/secrets.yml',
		'client_secret_123.json',
		'my-service-account.json',
		'infra/prod.tfvars',
		'terraform.tfstate',
		'.kube/config',
		'passwords.txt',
		'.netrc.bak',
		'server.key.old',
		'.npmrc~',
		'id_ed25519_work',
		'id_rsa.bak',
		'.dev.vars',
		'backend.env.production',
		'.gemini/oauth_creds.json',
		'.flaskenv',
		'.terraformrc',
		'.databrickscfg',
		'home/me/.config/gh/hosts.yml',
		// Copies, as VS Code, macOS, Windows, a browser and a file manager of Linux name them.
		'.env copy',
		'.env copy 2',
		'.env copy.local',
		'.env - Copy',
		'.env - Copy (2)',
		'.env (1)',
		'.env (copy)',
		'.env (another copy)',
		'.netrc copy',
		'server.key (1)',
		'.env copy.bak',
		'credentials (1).json',
		'id_rsa copy',
		'credentials(1).json',
		'credentials 2.json',
		'.npmrc 2',
		'Copy of .npmrc',
		'Copy (2) of .netrc',
		'credentials - Sao chép.json',
		'.netrc - Sao chép (2)',
		'kubeconfig bản sao 2',
		'Bản sao của .npmrc'.normalize('NFD'),
		// Windows drops what follows, and opens the file itself.
		'.env ',
		'server.pem. .',
		'.env::$DATA',
	];
	for (const path of secretFiles) {
		it(`the file ${path}`, () => assert.equal(isSecretFile(path), true));
	}

	it('is judged by its real name as well, and a link out of the workspace by that alone', () => {
		const text = 'nothing to hide';
		assert.equal(secretSign('notes.txt', text, { state: 'inside', path: '/w/notes.txt' }), undefined);
		assert.equal(secretSign('notes.txt', text, { state: 'inside', path: '/w/.env' }), 'file');
		assert.equal(secretSign('.env', text, { state: 'inside', path: '/w/notes.txt' }), 'file');
		assert.equal(secretSign('notes.txt', text, { state: 'outside' }), 'link');
		assert.deepEqual(contentExclusion('notes.txt', text, { state: 'outside' }), { state: 'ask', sign: 'link' });
	});

	const plainFiles = [
		'src/secretFile.ts',
		'environment.ts',
		'.env.example',
		'src/keys/keyring/secret.ts',
		'tokens.css',
		'README.md',
		'monkey.ts',
		'src/passwordField.tsx',
		'.envrc.md',
		'id_rsa.pub',
		'backend.env.example',
		'id_ed25519_work.pub',
		'monkey.bak',
		'monkey (1)',
		'monkey copy.ts',
		'.env.example copy',
		'.env.example (1)',
		'.env copy.example',
		'id_rsa copy.pub',
		'id_rsa(1).pub',
		'.env 2.example',
		'Copy of .env.example',
		'Copy of monkey.ts',
		'secrets 2.ts',
		'package.json',
	];
	for (const path of plainFiles) {
		it(`not the file ${path}`, () => assert.equal(isSecretFile(path), false));
	}

	// In pieces, so that no scanner of this repository takes them for real.
	const secretTexts = [
		['-----BEGIN RSA', ' PRIVATE KEY-----'],
		['const key = AI', `za${'x'.repeat(35)}`],
		['token: gh', `p_${'a1B2'.repeat(9)}`],
		['AK', 'IAIOSFODNN7EXAMPLE'],
		['postgres://admin:', 'hunter22@db.example.org/x'],
		['pass', 'word = "correct-horse-7-battery"'],
		['"api_', 'key": "0123456789abcdef0123"'],
		['export DB_PASS', 'WORD=correct-horse-7'],
		['STRIPE_SEC', 'RET_KEY=abcdefgh12345678'],
		['sk', `-proj-${'a'.repeat(40)}`],
	].map((pieces) => pieces.join(''));
	for (const text of secretTexts) {
		it(`the text ${text.slice(0, 24)}…`, () => assert.equal(secretSign('a.ts', `x\n${text}\ny`), 'text'));
	}

	const plainTexts = [
		'const password = input.value;',
		'export DB_PASSWORD=$(cat file1)',
		'PASSWORD_MIN_LENGTH=12',
		'MAX_TOKENS=1000000000',
		'password: string',
		'api_key = process.env.API_KEY',
		'const token = "next";',
		'password = "${PASSWORD_FROM_VAULT_1}"',
		'see https://example.org:8080/@scope/package',
		'export function secretSign(path: string, text: string): SecretSign | undefined {',
	];
	for (const text of plainTexts) {
		it(`not the text ${text}`, () => assert.equal(secretSign('a.ts', text), undefined));
	}
});
