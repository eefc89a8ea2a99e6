import type { Parameters } from '../common/parameters';

/** One staff record of an account, as the operations on one record name it. */
export interface StaffRecord {
	accountId: string;
	staffId: number;
}

/** Reads the two locators. */
export function readStaffLocator(parameters: Parameters): StaffRecord {
	return { accountId: parameters.accountId(), staffId: parameters.staffId() };
}

/** Items about the same record wait for each other. */
export function staffKey({ accountId, staffId }: StaffRecord): string {
	return `${accountId} ${staffId}`;
}
