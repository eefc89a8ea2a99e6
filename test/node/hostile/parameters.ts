import type { INodeParameters, INodeProperties, INodePropertyCollection, INodePropertyOptions, INodeTypeDescription, NodeParameterValueType } from 'n8n-workflow';

/** The parameters of a node from its description, so that new ones are included. */

export interface Operation {
	resource: string;
	operation: string;
}

/** One place for a value. */
export interface Slot {
	/** e.g. `filters.email`, `member (email)`. */
	name: string;
	/** The names that an error may use: its display name and those of its parents. */
	displayNames: string[];
	/** The parameters with the expression in this place. */
	fill(parameters: INodeParameters, expression: string): INodeParameters;
}

type Entry = INodeProperties | INodePropertyOptions | INodePropertyCollection;

function isParameter(entry: Entry): entry is INodeProperties {
	return 'type' in entry;
}

function optionsOf(property: INodeProperties): INodePropertyOptions[] {
	return (property.options ?? []).filter((entry): entry is INodePropertyOptions => 'value' in entry);
}

/** Every operation of the node, as the editor offers them. */
export function operationsOf({ properties }: INodeTypeDescription): Operation[] {
	return properties
		.filter(({ name }) => name === 'operation')
		.flatMap((property) => {
			const [resource] = property.displayOptions?.show?.resource ?? [];
			return optionsOf(property).map(({ value }) => ({ resource: String(resource), operation: String(value) }));
		});
}

/** The parameters of an operation, including those that depend on other parameters. */
export function parametersOf({ properties }: INodeTypeDescription, { resource, operation }: Operation): INodeProperties[] {
	return properties.filter(({ name, type, displayOptions }) => {
		const { resource: resources = [], operation: operations = [] } = displayOptions?.show ?? {};
		return name !== 'operation' && type !== 'notice' && resources.includes(resource) && operations.includes(operation);
	});
}

/** The other parameters that a parameter needs to be shown. */
function companions({ displayOptions }: INodeProperties): INodeParameters {
	const others = Object.entries(displayOptions?.show ?? {}).filter(([name]) => name !== 'resource' && name !== 'operation');
	return Object.fromEntries(others.map(([name, values]) => [name, (values?.[0] ?? null) as NodeParameterValueType]));
}

function objectAt(parameters: INodeParameters, name: string): INodeParameters {
	const value = parameters[name];
	return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as INodeParameters) : {};
}

function locatorSlots(property: INodeProperties): Slot[] {
	return (property.modes ?? []).map(({ name: mode }) => ({
		name: `${property.name} (${mode})`,
		displayNames: [property.displayName],
		fill: (parameters, expression) => ({ ...parameters, [property.name]: { __rl: true, mode, value: expression } }),
	}));
}

function collectionSlots(property: INodeProperties): Slot[] {
	return (property.options ?? []).filter(isParameter).flatMap((inner) =>
		slotsOf(inner).map((slot) => ({
			name: `${property.name}.${slot.name}`,
			displayNames: [...slot.displayNames, property.displayName],
			fill: (parameters: INodeParameters, expression: string) => ({
				...parameters,
				[property.name]: slot.fill(objectAt(parameters, property.name), expression),
			}),
		})),
	);
}

/** A parameter as a whole, and every place inside it. Throws for an unknown kind of parameter. */
export function slotsOf(property: INodeProperties): Slot[] {
	const { name, displayName, type } = property;
	const whole: Slot = { name, displayNames: [displayName], fill: (parameters, expression) => ({ ...parameters, ...companions(property), [name]: expression }) };
	switch (type) {
		case 'resourceLocator':
			return [whole, ...locatorSlots(property)];
		case 'collection':
			return [whole, ...collectionSlots(property)];
		case 'boolean':
		case 'dateTime':
		case 'json':
		case 'multiOptions':
		case 'number':
		case 'options':
		case 'string':
			return [whole];
		default:
			throw new Error(`The hostile suites do not know parameters of type ${type}: teach them ${name}.`);
	}
}
