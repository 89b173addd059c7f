/** A console of a test's own, which tells. */
import { resolve } from 'node:path';
import { Program } from '../support/child-process.ts';

const folder = resolve(import.meta.dirname, '../../services/console');

/** Starts one. It answers HTTP at a port that nobody needs. */
export const startConsole = (configFile: string): Program =>
  new Program({
    command: process.execPath,
    args: ['src/main.ts'],
    cwd: folder,
    env: { CONNECTOR_CONFIG: configFile, CONNECTOR_PORT: '0' },
  });
