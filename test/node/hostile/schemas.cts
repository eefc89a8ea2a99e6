import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import Ajv, { type ValidateFunction } from 'ajv';

const FOLDER = join(__dirname, '../../../nodes');
const ajv = new Ajv({ strict: false, allowUnionTypes: true });
const compiled = new Map<string, ValidateFunction>();

function validatorOf(file: string): ValidateFunction {
	const known = compiled.get(file) ?? ajv.compile(JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as object);
	compiled.set(file, known);
	return known;
}

function problemIn(file: string, json: unknown): string | undefined {
	const validate = validatorOf(file);
	return validate(json) ? undefined : ajv.errorsText(validate.errors);
}

/** Why an output of an operation does not match its schema; undefined if it does. */
export function schemaProblem(resource: string, operation: string, json: unknown): string | undefined {
	return problemIn(`FreshBooks/__schema__/v1.0.0/${resource}/${operation}.json`, json);
}

/** The same for the trigger. */
export function triggerSchemaProblem(json: unknown): string | undefined {
	return problemIn('FreshBooksTrigger/__schema__/v1.0.0.json', json);
}
