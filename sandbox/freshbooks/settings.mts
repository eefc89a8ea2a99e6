import type { Settings } from './types.mts';

/** The settings a sandbox starts with; README.md says what each means. */
export function defaultSettings(): Settings {
	return {
		profile: 'guide',
		latencyMs: 0,
		rateLimit: null,
		clockOffsetMs: 0,
		defaultPerPage: 15,
		pageSizeCap: 100,
		perPageEcho: 'clamped',
		pagesWithoutSaying: false,
		listLagMs: 0,
		roleChangeIgnored: false,
		ownerProtected: true,
		invitationStatus: null,
		staffLimit: -1,
		expiredTokenStatus: 401,
		rejectDuplicateInvitations: false,
		invitedAddress: 'asTyped',
		staffListed: 'all',
		pendingInTeamMembers: false,
		bumpUpdatedAt: true,
		removedMembers: 'gone',
		usersMeShape: 'modern',
		membershipWithoutBusiness: false,
		accountingErrors: 'old',
		refreshKillsAccessToken: false,
		refreshNeedsRedirectUri: false,
		appScopes: null,
		autoConsent: false,
	};
}
