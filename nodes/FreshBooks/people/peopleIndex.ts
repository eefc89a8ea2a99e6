import type { TeamMember } from '../api/teamMembers';
import { addressKey } from '../client/identifiers';

type PersonRow = Pick<TeamMember, 'email' | 'identityId'>;

/** Finds rows of the same person: by identity if both rows have one, else by address. */
export class PeopleIndex {
	private readonly identities = new Set<number>();

	private readonly addresses = new Set<string>();

	/** Addresses of rows without an identity. */
	private readonly anonymousAddresses = new Set<string>();

	constructor(rows: PersonRow[]) {
		for (const { email, identityId } of rows) {
			if (identityId !== null) this.identities.add(identityId);
			if (email === null) continue;
			this.addresses.add(addressKey(email));
			if (identityId === null) this.anonymousAddresses.add(addressKey(email));
		}
	}

	has({ email, identityId }: PersonRow): boolean {
		if (identityId !== null && this.identities.has(identityId)) return true;
		const addresses = identityId === null ? this.addresses : this.anonymousAddresses;
		return email !== null && addresses.has(addressKey(email));
	}
}
