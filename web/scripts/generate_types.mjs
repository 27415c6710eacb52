// Prints src/api/types.ts from what a server says at /openapi.json: a type per shape and the table of routes.
//
//   node scripts/generate_types.mjs OPENAPI.JSON           writes the file
//   node scripts/generate_types.mjs OPENAPI.JSON --check   exit 1 if the file is another one
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [source, ...options] = process.argv.slice(2);
const target = fileURLToPath(new URL('../src/api/types.ts', import.meta.url));

const typeName = (name) => name.replace(/(^|_)([a-z])/g, (_, __, letter) => letter.toUpperCase());
const quoted = (text) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
const key = (name) => (/^[A-Za-z_]\w*$/.test(name) ? name : quoted(name));

function primitive(name, schema, indent) {
    switch (name) {
        case 'integer':
        case 'number':
            return 'number';
        case 'string':
        case 'boolean':
        case 'null':
            return name;
        case 'array':
            return `Array<${schema.items ? typeOf(schema.items, indent) : 'unknown'}>`;
        case 'object':
            return objectType(schema, indent);
        default:
            throw new Error(`no type is known for '${name}'`);
    }
}

function objectType(schema, indent) {
    const properties = Object.entries(schema.properties ?? {});
    if (properties.length === 0) {
        const rest = schema.additionalProperties;
        return `Record<string, ${rest && typeof rest === 'object' ? typeOf(rest, indent) : 'unknown'}>`;
    }
    const inner = `${indent}    `;
    const required = new Set(schema.required ?? []);
    const lines = properties.map(
        ([name, property]) => `${inner}${key(name)}${required.has(name) ? '' : '?'}: ${typeOf(property, inner)};`,
    );
    return `{\n${lines.join('\n')}\n${indent}}`;
}

function typeOf(schema, indent = '') {
    if (schema.$ref) {
        return typeName(schema.$ref.replace('#/components/schemas/', ''));
    }
    const choices = schema.oneOf ?? schema.anyOf;
    if (choices) {
        return choices.map((choice) => typeOf(choice, indent)).join(' | ');
    }
    if (schema.enum) {
        return schema.enum.map((value) => (typeof value === 'string' ? quoted(value) : String(value))).join(' | ');
    }
    if (schema.const !== undefined) {
        return typeof schema.const === 'string' ? quoted(schema.const) : String(schema.const);
    }
    const names = [schema.type ?? []].flat();
    return names.length === 0 ? 'unknown' : names.map((name) => primitive(name, schema, indent)).join(' | ');
}

function parametersOf(operation, place) {
    const found = (operation.parameters ?? []).filter((parameter) => parameter.in === place);
    const lines = found.map(({ name, required, schema }) => {
        const type = schema?.type === 'integer' ? 'number' : schema?.type === 'boolean' ? 'boolean' : 'string';
        return `${key(name)}${required ? '' : '?'}: ${type}`;
    });
    return lines.length === 0 ? 'None' : `{ ${lines.join('; ')} }`;
}

/** The body of the first answer that is a success; nothing where there is none. */
function answerOf(operation) {
    const [, answer] = Object.entries(operation.responses).find(([status]) => status.startsWith('2')) ?? [];
    const schema = answer?.content?.['application/json']?.schema;
    return schema ? typeOf(schema, '        ') : 'null';
}

function routeOf(method, path, operation) {
    const body = operation.requestBody?.content?.['application/json']?.schema;
    return [
        `    ${quoted(`${method.toUpperCase()} ${path}`)}: {`,
        `        path: ${parametersOf(operation, 'path')};`,
        `        query: ${parametersOf(operation, 'query')};`,
        `        body: ${body ? typeOf(body, '        ') : 'null'};`,
        `        answer: ${answerOf(operation)};`,
        '    };',
    ].join('\n');
}

const description = JSON.parse(readFileSync(source, 'utf8'));
const shapes = Object.entries(description.components.schemas).map(
    ([name, schema]) => `export type ${typeName(name)} = ${typeOf(schema)};\n`,
);
const routes = Object.entries(description.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => routeOf(method, path, operation)),
);
const printed = [
    '// Printed by scripts/generate_types.mjs from openapi.json; changes belong into the table of routes.\n',
    'export type None = Record<string, never>;\n',
    ...shapes,
    `export interface Routes {\n${routes.join('\n')}\n}\n`,
].join('\n');

if (!options.includes('--check')) {
    writeFileSync(target, printed);
} else if (readFileSync(target, 'utf8') !== printed) {
    console.error('src/api/types.ts is not what openapi.json says: run `npm run types -- OPENAPI.JSON`');
    process.exit(1);
}
