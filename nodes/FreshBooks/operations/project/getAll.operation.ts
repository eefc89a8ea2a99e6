import { updateDisplayOptions, type IDataObject } from 'n8n-workflow';

import { listProjects } from '../../api/projects';
import { businessLocator, returnAllAndLimit, simplifyParameter } from '../common/descriptions';
import { operation } from '../common/operation';
import { simplifyProject } from '../common/simplify';

export const getAll = operation({
	description: updateDisplayOptions({ show: { resource: ['project'], operation: ['getAll'] } }, [
		businessLocator,
		...returnAllAndLimit,
		simplifyParameter,
	]),
	read: (parameters) => ({
		businessId: parameters.businessId(),
		limit: parameters.limit(),
		simplify: parameters.boolean('simplify', 'Simplify', true),
	}),
	async execute(session, { businessId, limit, simplify }) {
		const projects = await session.readRows(listProjects(businessId, (project) => project), limit);
		return projects.map((project) => (simplify ? simplifyProject(project) : (project.raw as IDataObject)));
	},
});
