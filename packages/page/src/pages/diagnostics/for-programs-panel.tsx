/** What the console tells programs. */
import { Anchor, Text, VisuallyHidden } from '@mantine/core';
import { Icon } from '../../components/icon.tsx';
import { Panel } from '../../components/panel.tsx';
import classes from './diagnostics.module.css';

const places = [
  { href: '/api/v1/openapi.json', label: 'The API', meaning: 'describes itself in OpenAPI 3.1.' },
  {
    href: '/metrics',
    label: 'Figures',
    meaning: 'of the whole, for Prometheus, and not through a proxy; each service has its own.',
  },
  { href: '/readyz', label: 'Readiness', meaning: 'of the console, and what stands in its way.' },
  { href: '/healthz', label: 'Liveness', meaning: 'of the console.' },
] as const;

export const ForProgramsPanel = () => (
  <Panel title="For programs">
    <ul className={classes.list}>
      {places.map(({ href, label, meaning }) => (
        <li key={href}>
          <Anchor href={href} target="_blank" rel="noreferrer" className={classes.link}>
            {label} <Icon name="elsewhere" size={14} />
            <VisuallyHidden>(in another tab)</VisuallyHidden>
          </Anchor>{' '}
          <Text span c="dimmed">
            <code>{href}</code> {meaning}
          </Text>
        </li>
      ))}
    </ul>
  </Panel>
);
