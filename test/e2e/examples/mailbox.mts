import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export interface Mail {
	readonly to: string[];
	readonly subject: string;
	readonly text: string;
}

function fromQuotedPrintable(text: string): string {
	const bytes = text
		.replace(/=\r?\n/g, '')
		.replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
	return Buffer.from(bytes, 'latin1').toString('utf8');
}

function decoded(text: string, encoding: string): string {
	if (encoding === 'base64') return Buffer.from(text, 'base64').toString('utf8');
	return encoding === 'quoted-printable' ? fromQuotedPrintable(text) : text;
}

/** A header's text; words that are not ASCII are encoded (RFC 2047). */
function headerText(text: string): string {
	return text
		.replace(/\?= =\?UTF-8\?Q\?/gi, '')
		.replace(/=\?UTF-8\?Q\?(.*?)\?=/gi, (_, words: string) => fromQuotedPrintable(words.replaceAll('_', ' ')));
}

function readMail(to: string[], message: string): Mail {
	const end = message.indexOf('\r\n\r\n');
	const headers = message.slice(0, end).replace(/\r\n[ \t]+/g, ' ');
	const header = (name: string): string => new RegExp(`^${name}: (.*)$`, 'im').exec(headers)?.[1] ?? '';
	const encoding = header('Content-Transfer-Encoding').toLowerCase();
	return { to, subject: headerText(header('Subject')), text: decoded(message.slice(end + 4), encoding) };
}

/** One client's session: what it says is gathered into mails. */
function converse(socket: Socket, deliver: (mail: Mail) => void, refuses: () => boolean): void {
	let to: string[] = [];
	let unread = '';
	let inMessage = false;
	const say = (line: string): boolean => socket.write(`${line}\r\n`);

	function command(line: string): void {
		const verb = line.slice(0, 4).toUpperCase();
		if (verb === 'RCPT' && refuses()) {
			say('550 No such mailbox');
			return;
		}
		if (verb === 'RCPT') to.push(/<(.*)>/.exec(line)?.[1] ?? '');
		inMessage = verb === 'DATA';
		if (verb === 'QUIT') socket.end('221 Bye\r\n');
		else say(inMessage ? '354 Go on' : '250 Fine');
	}

	/** Takes one command or one message off what came in; false when neither is whole yet. */
	function takeOne(): boolean {
		const stop = inMessage ? '\r\n.\r\n' : '\r\n';
		const end = unread.indexOf(stop);
		if (end < 0) return false;
		const taken = unread.slice(0, end);
		unread = unread.slice(end + stop.length);
		if (!inMessage) {
			command(taken);
			return true;
		}
		deliver(readMail(to, taken.replace(/^\.\./gm, '.')));
		to = [];
		inMessage = false;
		say('250 Taken');
		return true;
	}

	socket.setEncoding('utf8');
	socket.on('error', () => socket.destroy());
	socket.on('data', (chunk: string) => {
		unread += chunk;
		while (takeOne());
	});
	say('220 mailbox');
}

/** A mail server on 127.0.0.1 that keeps what it gets. */
export class Mailbox {
	readonly mails: Mail[] = [];
	/** Takes no mail. */
	refuses = false;
	readonly #server: Server;

	private constructor() {
		this.#server = createServer((socket) => converse(socket, (mail) => this.mails.push(mail), () => this.refuses));
	}

	static async open(): Promise<Mailbox> {
		const mailbox = new Mailbox();
		mailbox.#server.listen(0, '127.0.0.1');
		await once(mailbox.#server, 'listening');
		return mailbox;
	}

	/** What n8n's SMTP credential is filled in with. */
	get credentialData(): Record<string, unknown> {
		const { port } = this.#server.address() as AddressInfo;
		return { user: '', password: '', host: '127.0.0.1', port, secure: false, disableStartTls: true };
	}

	close(): void {
		this.#server.close();
	}
}
