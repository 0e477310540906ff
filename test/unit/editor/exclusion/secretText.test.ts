import assert from 'node:assert/strict';
import { looksSecret } from '../../../../src/editor/exclusion/secretText';

const hex = '0123456789abcdef';

/** In pieces, so that no scanner of this repository takes them for real. */
const secrets: Readonly<Record<string, readonly string[]>> = {
	'a PEM key': ['-----BEGIN RSA', ' PRIVATE KEY-----\nMIIE'],
	'an encrypted PEM key': ['-----BEGIN ENCRYPTED', ' PRIVATE KEY-----'],
	'an OpenSSH key': ['-----BEGIN OPENSSH', ' PRIVATE KEY-----'],
	'the middle of an OpenSSH key': ['b3BlbnNzaC1r', 'ZXktdjEAAAAA'],
	'a key of ssh.com': ['---- BEGIN SSH2 ENCRYPTED', ' PRIVATE KEY ----'],
	'a PuTTY key': ['PuTTY-User-', 'Key-File-3: ssh-ed25519'],
	'a PGP key': ['-----BEGIN PGP', ' PRIVATE KEY BLOCK-----'],
	'a PEM key in JSON': ['"private', '_key": "-----BEGIN PRIVATE', ' KEY-----\\nMII"'],
	'a PEM key in base64': ['LS0tLS1CRUdJTiBQ', 'UklWQVRFIEtFWS0tLS0t'],
	'a line of .netrc': ['machine api.example.org login me pass', 'word hunter2'],
	'.netrc on several lines': ['machine api.example.org\n  login me\n  pass', 'word hunter2'],
	'.netrc without a login': ['machine api.example.org pass', 'word hunter2'],
	'the default of .netrc': ['default login anonymous pass', 'word me@example.org'],
	'.npmrc': ['//registry.npmjs.org/:_auth', `Token=${hex}`],
	'.npmrc with a space': ['//registry.example.org/:_auth', `Token = "${hex}"`],
	'.npmrc of old': ['_auth', `=${hex}`],
	'.yarnrc.yml': ['npmAuth', `Token: ${hex}`],
	'.pgpass': ['db.example.org:5432:orders:me:', 'hunter2'],
	'.pgpass for every database': ['*:*:*:me:', 'hunter2'],
	'a token of a kubeconfig': ['users:\n- name: me\n  user:\n    tok', `en: ${hex}`],
	'a key of a kubeconfig': ['    client-key', '-data: LS0tLS1CRUdJTiBSU0Eg'],
	'an id token of a kubeconfig': ['      id-', `token: ${hex}`],
	'a password of a kubeconfig': ['    username: admin\n    pass', 'word: hunter22'],
	'.env': ['API_', `KEY=${hex}`],
	'.env from Windows': ['API_', `KEY=${hex}\r\nNEXT=1`],
	'.env, exported': ['export DB_PASS', 'WORD=correct-horse-7'],
	'.env, a password of words': ['SERVICE_PASS', 'WORD=correct-horse'],
	'.env, in quotes': ['SERVICE_PASS', 'WORD="correct-horse"'],
	'.env, a short name': ['DB_', 'PASS=hunter22'],
	'.env, with a remark': ['DB_PASS', 'WORD=hunter2 # comment'],
	'.env, in quotes with a remark': ['SERVICE_PASS', 'WORD="correct-horse" # comment'],
	'.env, digits alone': ['API_', `KEY=${'1234567890'.repeat(2)}`],
	'.env, a token with a remark': ['API_', `KEY=${hex} # comment`],
	'a password in quotes, as YAML has it': ['pass', 'word: "hunter22"'],
	'a password in quotes, as JSON has it': ['{"pass', 'word": "hunter22"}'],
	'an address with a password and no user': ['redis://:', 'secretpw@h'],
	'.properties': ['spring.datasource.pass', 'word=hunter22'],
	'a file of AWS credentials': ['aws_secret_access_', `key = ${hex}${hex}ABCDEFGH`],
	'a JSON web token': ['ey', `J${'a1'.repeat(10)}.ey`, `J${'b2'.repeat(20)}.${'c3'.repeat(20)}`],
	'a token of our own gateway': ['kp', `_${hex}${hex}`],
	'a key of Hugging Face': ['hf', `_${'aB3'.repeat(11)}`],
	'a key of Groq': ['gsk', `_${'aB3'.repeat(17)}`],
	'a key of xAI': ['xai', `-${'aB3'.repeat(26)}`],
	'a token of Vault': ['hv', `s.${'aB3'.repeat(10)}`],
	'a token of PyPI': ['pypi-', `AgEIcHlwaS5vcmc${'aB3'.repeat(10)}`],
	'a key of age': ['AGE-SECRET', `-KEY-1${'QZ2'.repeat(19)}`],
	'a webhook of Slack': ['https://hooks.slack.com/', `services/T0000/B0000/${'aB3'.repeat(8)}`],
	'a connection string': ['"Server=db.example.org;User Id=sa;Pass', 'word=hunter22;Encrypt=true"'],
	'a connection string with spaces': ['"Server=db.example.org; User Id=sa; Pass', 'word=hunter22; Encrypt=true"'],
	'a connection string of Azure': ['AccountName=shop;Account', `Key=${hex.repeat(5)}ABCDEFgh==;`],
	'the settings of Maven': ['<username>me</username>\n<pass', 'word>hunter22</password>'],
	'code in a notebook': ['"source": ["client = Client(api_', `key=\\"${hex}\\")"]`],
	'JSON in JSON': ['"{\\"pass', 'word\\": \\"hunter22\\"}"'],
	'a header of a request': ["curl -H 'Authorization", `: Bearer ${hex}'`],
	'a header in code': ['{ "Authorization', `": "Basic ${hex}==" }`],
	'a key in a header': ["curl -H 'x-api", `-key: ${hex}'`],
	'a key in a header in code': ['headers.set("X-Auth', `-Token", "${hex}")`],
	'an address with a password': ['postgres://admin:', 'hunter22@db.example.org/x'],
};

const harmless: Readonly<Record<string, string>> = {
	'a place in a file': 'src/extension.ts:1200:15: error TS2304: Cannot find name.',
	'a time': 'at 12:30:00:123:456',
	'a public key': '-----BEGIN PUBLIC KEY-----\nMIIB',
	'a certificate': '-----BEGIN CERTIFICATE-----\nMIIB',
	'a certificate in base64': 'certificate-authority-data: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t',
	'prose about machines': 'The machine asks for a login, and you type your password.',
	'a token from the environment': '//registry.npmjs.org/:_authToken=${NPM_TOKEN}',
	'a switch': 'SHOW_PASSWORD=false',
	'a reference': 'export DB_PASSWORD=$(cat file1)',
	'a type': 'interface User {\n\ttoken: string;\n\tpassword: string;\n}',
	'a call': 'const token = readToken(path2, options);',
	'an address without a password': 'see http://:8080/@scope or https://example.org:443/a@b',
	'a header from the environment':
		'curl -H "Authorization: Bearer $TOKEN1" -H "Authorization: Bearer ${TOKEN_NUMBER_1234567}"',
	'a header with a place for it': 'Authorization: Bearer YOUR_API_TOKEN_GOES_HERE',
	'a key in a header from elsewhere': "{ 'x-api-key': apiKeyOfService2, 'api-key': '${keyOfTheService2}' }",
	'code in a notebook without one': '"source": ["password = \\"next\\""]',
	'a field of a form': 'password: "Password"',
	'a number': 'const token_count = 12345678901234567890;',
	'a small number': 'MAX_TOKEN=4096',
	'a length': 'PASSWORD_MIN_LENGTH=12',
	'an assignment': 'this.server=host; this.password=password1; this.save();',
	'an element of a page': '<password>${db.password2}</password><token>next</token>',
	'a connection string with a place for it': 'Server=db;Password={password1};',
};

describe('a text that looks as if it held a secret', () => {
	for (const [what, pieces] of Object.entries(secrets)) {
		it(what, () => {
			assert.equal(looksSecret(pieces.join('')), true);
			assert.equal(looksSecret(`first line\n${pieces.join('')}\nlast line\n`), true);
		});
	}
	for (const [what, text] of Object.entries(harmless)) it(`not ${what}`, () => assert.equal(looksSecret(text), false));
});
