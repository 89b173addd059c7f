/** Is everything well: the first thing that somebody looks for. */
import { Text } from '@mantine/core';
import type { StatusDocument } from '../../api/documents.ts';
import { Icon, type IconName } from '../../components/icon.tsx';
import { type Health, healthOf } from './health.ts';
import classes from './health-box.module.css';

const icons: Readonly<Record<Health['grade'], IconName>> = { good: 'good', waiting: 'info', bad: 'warning' };

export function HealthBox({ status }: { status: StatusDocument }) {
  const { grade, title, lines } = healthOf(status);
  return (
    <section className={classes.box} data-grade={grade} aria-label="Health">
      <span className={classes.icon}>
        <Icon name={icons[grade]} size={24} />
      </span>
      <div>
        <Text fw={600} size="lg" role="status">
          {title}
        </Text>
        {lines.length > 0 && (
          <ul className={classes.lines}>
            {lines.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        )}
      </div>
    </section>
  );
}
