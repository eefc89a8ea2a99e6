import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { ROOT } from '../../../sandbox/n8n/index.mts';
import type { Json } from '../support.mts';

export type AccessOperation = 'onboard' | 'offboard' | 'review';

const SCHEMAS = path.join(ROOT, 'nodes/FreshBooks/__schema__/v1.0.0/access');

function isObject(value: unknown): value is Json {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The same schema, with no additional properties. */
function closed(schema: unknown): unknown {
	if (Array.isArray(schema)) return schema.map(closed);
	if (!isObject(schema)) return schema;
	const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
	return isObject(schema['properties']) ? { ...copy, additionalProperties: false } : copy;
}

const ajv = new Ajv({ allErrors: true, strict: false });
const validators = new Map<AccessOperation, ValidateFunction>();

async function validatorOf(operation: AccessOperation): Promise<ValidateFunction> {
	const known = validators.get(operation);
	if (known) return known;
	const schema = closed(JSON.parse(await readFile(path.join(SCHEMAS, `${operation}.json`), 'utf8')));
	assert.ok(isObject(schema));
	const validator = ajv.compile(schema);
	validators.set(operation, validator);
	return validator;
}

/** Checks every item with the output schema that n8n shows in its editor: types, and no unknown property. */
export async function assertShape(operation: AccessOperation, items: Json[]): Promise<void> {
	const validate = await validatorOf(operation);
	for (const item of items) assert.ok(validate(item), `${ajv.errorsText(validate.errors)} in ${JSON.stringify(item)}`);
}
