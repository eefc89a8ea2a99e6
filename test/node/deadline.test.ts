import { connect } from '../../nodes/FreshBooks/client/client';
import { FreshBooksTrigger } from '../../nodes/FreshBooksTrigger/FreshBooksTrigger.node';
import { pollContext } from '../harness/context';
import { onGet, onTheWire } from '../harness/wire';

onTheWire();

/** With real clocks: the monotonic clock returns fractions of a millisecond. */
test('a client with a deadline sends with any fraction of a millisecond', async () => {
	const { context } = pollContext(new FreshBooksTrigger(), {});
	for (let tried = 0; tried < 20; tried++) {
		onGet('/auth/api/v1/users/me').reply(200, { response: { id: 1 } });
		const client = await connect(context, { deadlineAt: Date.now() + 5_000 });
		const request = { method: 'GET' as const, path: '/auth/api/v1/users/me', subject: 'the connected user', idFamily: 'none', published: true };
		expect(await client.send(request)).toEqual({ response: { id: 1 } });
	}
});
