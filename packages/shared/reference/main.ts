/** `npm run reference`: writes what is made from the configuration's schema, docs/configuration.md and connector.schema.json. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { schemaFile } from './json-schema.ts';
import { configurationPage } from './markdown.ts';

const root = resolve(import.meta.dirname, '../../..');
writeFileSync(resolve(root, 'connector.schema.json'), schemaFile());
writeFileSync(resolve(root, 'docs/configuration.md'), configurationPage());
