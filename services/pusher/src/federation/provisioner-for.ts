/** The provisioner that the configuration asks for. */
import { HttpKeyRegistrar } from '@connector/federation/http-key-registrar.ts';
import { federationProblems } from '@connector/shared/federation-settings.ts';
import type { Service } from '@connector/shared/service.ts';
import { companyKeyFrom } from './company-halves.ts';
import { Provisioner } from './provisioner.ts';
import { UserKeys } from './user-keys.ts';

export function provisionerFor({
  store,
  configuration,
  signal,
}: Pick<Service, 'store' | 'configuration' | 'signal'>): Provisioner {
  const settings = configuration.federation;
  const { directories } = configuration;
  const { companyKeyFile: file = '', companyKeyFragmentId: fragmentId = '' } = settings ?? {};
  return new Provisioner({
    registrar: settings?.registrar === undefined ? null : new HttpKeyRegistrar(settings.registrar),
    missing: (federation) =>
      federationProblems({ federation }, configuration).map(({ path, message }) => `${path.join('.')} ${message}`),
    companyKeyFragmentId: settings?.companyKeyFragmentId ?? null,
    halvesBy: (mode, within) =>
      mode === 'companyKey'
        ? companyKeyFrom(store, { file, fragmentId })
        : new UserKeys({ store, directories, attribute: settings?.attribute ?? '', signal: within }),
    signal,
  });
}
