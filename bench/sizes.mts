// The sizes of the benchmarks: those of the goals, and tiny ones that only show that they run.

export interface Sizes {
	repeats: number;
	latencyMs: number;
	listMembers: number;
	/** What a poll costs is measured at each; the goals are those of `listMembers`, which is one of them. */
	pollMembers: readonly number[];
	largeMembers: number;
	invitations: number;
	invitationsPerSecond: number;
	businesses: number;
	membersPerBusiness: number;
	/** Polls simulated: twelve are an hour. */
	polls: number;
	/** People whom an identity provider imports, on how large pages, and how many requests it sends at once. */
	scimMembers: number;
	scimPageSize: number;
	scimAtOnce: number;
	loads: number;
}

export const FULL: Sizes = {
	repeats: 5,
	latencyMs: 50,
	listMembers: 10_000,
	pollMembers: [100, 1_000, 10_000, 100_000],
	largeMembers: 100_000,
	invitations: 1_000,
	invitationsPerSecond: 20,
	businesses: 1_000,
	membersPerBusiness: 50,
	polls: 12,
	scimMembers: 1_000,
	scimPageSize: 100,
	scimAtOnce: 50,
	loads: 5,
};

export const TINY: Sizes = {
	repeats: 1,
	latencyMs: 2,
	listMembers: 250,
	pollMembers: [100, 250],
	largeMembers: 300,
	invitations: 8,
	invitationsPerSecond: 20,
	businesses: 4,
	membersPerBusiness: 3,
	polls: 2,
	scimMembers: 150,
	scimPageSize: 40,
	scimAtOnce: 5,
	loads: 1,
};
