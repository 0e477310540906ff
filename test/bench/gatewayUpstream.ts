/** A service that answers at once, in a process of its own: sends its port to the parent. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const answer = JSON.stringify({
	candidates: [{ content: { role: 'model', parts: [{ text: 'Because.' }] }, finishReason: 'STOP', index: 0 }],
	usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 2, totalTokenCount: 5 },
	modelVersion: 'gemini-3.8-flash',
});

const server = createServer((request, response) => {
	request.resume();
	request.once('end', () => {
		if (request.method === 'GET') return response.setHeader('content-type', 'application/json').end('{"models":[]}');
		const isStream = request.url?.includes('streamGenerateContent') === true;
		response.setHeader('content-type', isStream ? 'text/event-stream' : 'application/json');
		return response.end(isStream ? `data: ${answer}\r\n\r\n` : answer);
	});
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.once('disconnect', () => process.exit());
