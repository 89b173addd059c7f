/** idle-process.ts SERVICE: imports what the service's main.ts does, says so, and then does nothing until it is ended. */
const [service = ''] = process.argv.slice(2);
await import(`../../../services/${service}/src/${service}.ts`);
await import('../../../packages/shared/src/service.ts');
console.log('imported');
setInterval(() => undefined, 1_000_000);
