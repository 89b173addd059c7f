/** The ways to all parts of the page, with how many wait in each. */
import { Badge, NavLink, ScrollArea, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useLocation } from 'wouter';
import type { StatusDocument } from '../api/documents.ts';
import { statusQuery } from '../api/queries.ts';
import { useMayChange } from '../api/session.ts';
import { Icon } from '../components/icon.tsx';
import { type Place, regions } from '../routes.ts';
import { numberText } from '../text/count.ts';
import classes from './navigation.module.css';

/** @param onGo called when somebody goes somewhere */
export function Navigation({ onGo = () => undefined }: { onGo?: () => void }) {
  const { data: status } = useQuery(statusQuery);
  const isAdministrator = useMayChange();
  return (
    <ScrollArea type="auto" className={classes.scroll}>
      <nav aria-label="Parts of the page" className={classes.navigation}>
        {regions.map(({ heading, places }) => (
          <div key={heading} className={classes.region}>
            {heading !== null && (
              <Text size="xs" c="dimmed" fw={600} className={classes.heading}>
                {heading}
              </Text>
            )}
            {places
              .filter(({ administratorsOnly }) => isAdministrator || !administratorsOnly)
              .map((place) => (
                <PlaceLink key={place.path} place={place} status={status} onGo={onGo} />
              ))}
            {heading === regions.at(-1)?.heading && <QueuesLink />}
          </div>
        ))}
      </nav>
    </ScrollArea>
  );
}

function PlaceLink({ place, status, onGo }: { place: Place; status: StatusDocument | undefined; onGo: () => void }) {
  const [path] = useLocation();
  const isHere = place.path === '/' ? path === '/' : path === place.path || path.startsWith(`${place.path}/`);
  const count = status && place.count ? place.count(status) : 0;
  const preload = () => void place.page.load().catch(() => undefined); // whoever goes there is told of a failure
  return (
    <NavLink
      component={Link}
      href={place.path}
      label={place.label}
      leftSection={<Icon name={place.icon} />}
      rightSection={
        count > 0 && (
          <Badge variant="light" color="gray" size="sm" radius="sm" className={classes.count}>
            {numberText(count)}
          </Badge>
        )
      }
      active={isHere}
      {...(isHere ? { 'aria-current': 'page' as const } : {})}
      onClick={onGo}
      onPointerEnter={preload}
      onFocus={preload}
      className={classes.link ?? ''}
    />
  );
}

/** The queue dashboard is a page of its own: a plain link. */
const QueuesLink = () => (
  <NavLink
    href="/queues/"
    label="Queues"
    leftSection={<Icon name="queues" />}
    rightSection={<Icon name="elsewhere" size={14} />}
    className={classes.link ?? ''}
  />
);
