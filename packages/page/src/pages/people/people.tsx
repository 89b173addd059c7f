/** People: everybody whom the directories know, searched by whatever somebody knows of them. */
import { Badge, CloseButton, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useSearchParams } from 'wouter';
import type { SearchDocument } from '../../api/documents.ts';
import { searchQuery } from '../../api/queries.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorBox } from '../../components/error-box.tsx';
import { Icon } from '../../components/icon.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { type Column, firstSlice, PagedTable } from '../../components/paged-table.tsx';
import { PersonLink } from '../../components/person-link.tsx';
import classes from './people.module.css';

type Person = SearchDocument['people'][number];

/** After so long without another letter it is searched, ms. */
const pauseMs = 150;

const columns: readonly Column<Person>[] = [
  {
    header: 'Name',
    cell: ({ person, name, deleted }) => (
      <>
        <PersonLink person={person} name={name} />
        {deleted && (
          <Badge color="gray" variant="light" size="sm" radius="sm" ml="xs" c="dimmed">
            deleted
          </Badge>
        )}
      </>
    ),
    width: '34%',
  },
  { header: 'Mail', cell: ({ mail }) => mail ?? <Text c="dimmed">none</Text>, width: '34%' },
  { header: 'Log-on name', cell: ({ logOnName }) => logOnName ?? <Text c="dimmed">unknown</Text> },
  { header: 'Directory', cell: ({ person }) => person.split('/', 1)[0] },
];
const keyOf = ({ person }: Person) => person;

export default function PeoplePage() {
  const [search, setSearch] = useSearchParams();
  const wanted = search.get('text') ?? '';
  const [typed, setTyped] = useState(wanted);
  const [text] = useDebouncedValue(typed, pauseMs);
  const [slice, setSlice] = useState(firstSlice);
  const { data, error, refetch } = useQuery(searchQuery(text, slice));
  // The address has what is searched, so that one comes back to it, and may pass it on.
  useEffect(() => {
    if (text !== wanted) setSearch(text === '' ? {} : { text }, { replace: true });
  }, [text, wanted, setSearch]);
  const type = (next: string) => {
    setTyped(next);
    setSlice(firstSlice);
  };
  return (
    <>
      <PageHeader title="People">
        Everybody whom the directories know. Open somebody to see how they stand, and why.
      </PageHeader>
      <TextInput
        type="search"
        className={classes.search ?? ''}
        label="Search"
        description="Any part of a name, mail, log-on name or person key"
        leftSection={<Icon name="search" size={16} />}
        rightSection={typed !== '' && <CloseButton size="sm" aria-label="Clear the search" onClick={() => type('')} />}
        value={typed}
        maxLength={256}
        onChange={({ currentTarget: { value } }) => type(value)}
      />
      {error !== null && data === undefined ? (
        <ErrorBox error={error} title="People can’t be searched" onRetry={() => void refetch()} />
      ) : (
        <PagedTable
          caption="People"
          columns={columns}
          rows={data?.people}
          keyOf={keyOf}
          page={data?.page}
          onPage={setSlice}
          empty={
            text === '' ? (
              <EmptyState icon="people" title="The directories know nobody yet.">
                Whoever is read appears here.
              </EmptyState>
            ) : (
              <EmptyState icon="search" title={`Nobody goes by “${text}”.`}>
                Somebody new may not be read yet, or the account that reads the directory may not see them.
              </EmptyState>
            )
          }
        />
      )}
    </>
  );
}
